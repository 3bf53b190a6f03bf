using System.Globalization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Transforms;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Training.Transforms;

/// <summary>What a training reads from data views.</summary>
/// <param name="Dataset">The slices of one or two data views, one behind the other.</param>
/// <param name="FirstCount">Slices of the first.</param>
internal sealed record LabelledSlices(SliceDataset Dataset, int FirstCount)
{
    public IReadOnlyList<SliceRecord> Slices => Dataset.Slices;

    public static InputColumn InputOf(ResidualAttentionTrainerOptions options) => new(options.Scoring.InputColumnName, 0, TakesSlices: true);

    public static LabelledSlices Read(ResidualAttentionTrainerOptions options, IDataView first, IDataView? second)
    {
        var records = new List<SliceRecord>();
        var firstCount = 0;
        IEnumerable<CtImage> All()
        {
            foreach (var slice in Enumerate(options, first, records))
            {
                yield return slice;
            }

            firstCount = records.Count;
            foreach (var slice in second is null ? [] : Enumerate(options, second, records))
            {
                yield return slice;
            }
        }

        // Slices are preprocessed as they are read: only their small planes stay in memory.
        var dataset = SliceDataset.FromImages(records, All(), options.Training.Preprocessing, options.PositiveClass, options.NegativeClass);
        return records.Count > 0
            ? new LabelledSlices(dataset, firstCount)
            : throw new DatasetException("There are no rows to train on: check the source of the data view.");
    }

    private static IEnumerable<CtImage> Enumerate(ResidualAttentionTrainerOptions options, IDataView data, List<SliceRecord> records)
    {
        var (source, kind) = InputOf(options).Find(data.Schema);
        var label = Require(data.Schema, options.LabelColumnName, BooleanDataViewType.Instance);
        DataViewSchema.Column? group = options.GroupColumnName is { } name ? Require(data.Schema, name, TextDataViewType.Instance) : null;
        using var cursor = data.GetRowCursor(group is { } g ? [source, label, g] : [source, label]);
        var capture = SliceCapture.Create(new RowColumnGetters(cursor), source, kind, options.Scoring.ImageFolder);
        var getLabel = cursor.GetGetter<bool>(label);
        var getGroup = group is { } column ? cursor.GetGetter<ReadOnlyMemory<char>>(column) : null;
        while (cursor.MoveNext())
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var slice = capture().Open(CtImageLimits.Default);
            var positive = false;
            getLabel(ref positive);
            ReadOnlyMemory<char> text = default;
            getGroup?.Invoke(ref text);
            var path = slice.SourceName ?? string.Create(CultureInfo.InvariantCulture, $"row {records.Count}");
            records.Add(new SliceRecord(path, positive ? options.PositiveClass : options.NegativeClass, positive, text.IsEmpty ? null : text.ToString(), null));
            yield return slice;
        }
    }

    private static DataViewSchema.Column Require(DataViewSchema schema, string name, DataViewType type)
    {
        var column = schema.GetColumnOrNull(name)
            ?? throw new CovidCtSchemaException(name, $"is not among the columns {string.Join(", ", schema.Select(c => c.Name).Distinct(StringComparer.Ordinal))}", "Name the column in the options");
        return column.Type.Equals(type)
            ? column
            : throw new CovidCtSchemaException(name, $"is of type {column.Type}, and {type} is needed", "Name another column in the options, or convert this one");
    }
}
