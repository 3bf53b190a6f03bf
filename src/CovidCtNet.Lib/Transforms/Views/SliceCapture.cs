using CovidCtNet.Lib.Imaging;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>Takes what the current row of a column gives.</summary>
internal static class SliceCapture
{
    /// <summary>A function that captures from the row on which it is called.</summary>
    /// <param name="getters">Where the values of the column come from.</param>
    /// <param name="column">The column.</param>
    /// <param name="source">What it holds; not planes.</param>
    /// <param name="folder">Folder of relative paths, or null.</param>
    public static Func<CapturedSlice> Create(IColumnGetters getters, DataViewSchema.Column column, CtSliceSource source, string? folder)
    {
        switch (source)
        {
            case CtSliceSource.Path:
                var text = getters.GetGetter<ReadOnlyMemory<char>>(column);
                return () =>
                {
                    ReadOnlyMemory<char> value = default;
                    text(ref value);
                    return FromPath(value, column.Name, folder);
                };
            case CtSliceSource.Bytes:
                var bytes = getters.GetGetter<VBuffer<byte>>(column);
                VBuffer<byte> content = default;
                return () =>
                {
                    bytes(ref content);
                    return FromBytes(in content);
                };
            case CtSliceSource.Image:
                var image = getters.GetGetter<MLImage>(column);
                MLImage? picture = null;
                return () =>
                {
                    image(ref picture!);
                    return FromImage(picture, column.Name);
                };
            default:
                var slice = getters.GetGetter<CtImage>(column);
                return () =>
                {
                    CtImage? value = null;
                    slice(ref value!);
                    return FromSlice(value, column.Name);
                };
        }
    }

    public static CapturedSlice FromPath(ReadOnlyMemory<char> path, string columnName, string? folder)
    {
        if (path.IsEmpty)
        {
            throw Empty(columnName, "path");
        }

        return new CapturedSlice(folder is null ? path.ToString() : Path.Combine(folder, path.ToString()));
    }

    public static CapturedSlice FromBytes(in VBuffer<byte> content) => new(content.DenseValues().ToArray());

    public static CapturedSlice FromImage(MLImage? image, string columnName) => new((image ?? throw Empty(columnName, "picture")).ToCtImage());

    public static CapturedSlice FromSlice(CtImage? slice, string columnName) => new(slice ?? throw Empty(columnName, "slice"));

    private static CovidCtSchemaException Empty(string columnName, string what)
        => new(columnName, $"holds no {what} in this row", "Filter out rows without one, for instance with FilterByCustomPredicate");
}
