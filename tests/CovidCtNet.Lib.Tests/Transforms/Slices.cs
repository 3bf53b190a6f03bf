using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>A folder of small slices that all differ, as rows of every kind.</summary>
internal sealed class Slices : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mlnet-");
    private readonly CtImage[] _images;
    private int _read;

    public Slices(int count)
    {
        _images = [.. Enumerable.Range(0, count).Select(Create)];
        for (var i = 0; i < count; i++)
        {
            _images[i].SavePng(PathOf(i));
        }
    }

    public string Folder => _folder.FullName;

    public int Count => _images.Length;

    /// <summary>Rows that were taken from the source.</summary>
    public int RowsRead => Volatile.Read(ref _read);

    public CtImage this[int i] => _images[i];

    /// <summary>Even rows are positive.</summary>
    public static bool LabelOf(int i) => i % 2 == 0;

    public string PathOf(int i) => Path.Combine(Folder, $"slice{i}.png");

    public void Dispose() => _folder.Delete(recursive: true);

    public IDataView View(MLContext ml) => ml.Data.LoadFromEnumerable(Rows());

    public IEnumerable<SliceRow> Rows()
    {
        for (var i = 0; i < Count; i++)
        {
            Interlocked.Increment(ref _read);
            yield return Row(i);
        }
    }

    public SliceRow Row(int i)
    {
        var bytes = File.Exists(PathOf(i)) ? File.ReadAllBytes(PathOf(i)) : [];
        return new SliceRow
        {
            Id = i,
            Label = LabelOf(i),
            Path = PathOf(i),
            Bytes = bytes,
            Image = bytes.Length == 0 ? null : MLImage.CreateFromStream(new MemoryStream(bytes)),
            Slice = bytes.Length == 0 ? null : _images[i],
            Plane = bytes.Length == 0 ? [] : new CtPreprocessing { Width = 4, Height = 4, Fit = CtFit.Stretch }.Apply(_images[i]),
        };
    }

    /// <summary>Reads a column beside the row's own number; rows come as the cursor gives them.</summary>
    public static List<(int Id, float[] Values)> Read(IDataView view, string column, int limit = int.MaxValue)
    {
        using var cursor = view.GetRowCursor([view.Schema["Id"], view.Schema[column]]);
        return Read(cursor, column, limit);
    }

    public static List<(int Id, float[] Values)> Read(DataViewRowCursor cursor, string column, int limit = int.MaxValue)
    {
        var id = cursor.GetGetter<int>(cursor.Schema["Id"]);
        var value = ValueOf(cursor, cursor.Schema[column]);
        var rows = new List<(int, float[])>();
        while (rows.Count < limit && cursor.MoveNext())
        {
            var number = 0;
            id(ref number);
            rows.Add((number, value()));
        }

        return rows;
    }

    public static Func<float[]> ValueOf(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type.RawType == typeof(float))
        {
            var get = row.GetGetter<float>(column);
            return () =>
            {
                var value = 0f;
                get(ref value);
                return [value];
            };
        }

        if (column.Type.RawType == typeof(bool))
        {
            var get = row.GetGetter<bool>(column);
            return () =>
            {
                var value = false;
                get(ref value);
                return [value ? 1 : 0];
            };
        }

        if (column.Type.RawType == typeof(VBuffer<float>))
        {
            var get = row.GetGetter<VBuffer<float>>(column);
            VBuffer<float> value = default;
            return () =>
            {
                get(ref value);
                return [.. value.DenseValues()];
            };
        }

        var slices = row.GetGetter<CtImage>(column);
        return () =>
        {
            CtImage? value = null;
            slices(ref value!);
            return value.Pixels.ToArray();
        };
    }

    /// <summary>Checks values against the core. Single rows and batches may differ in the last digits of single precision.</summary>
    public void AssertValues(Step step, CovidCtModel model, int output, IEnumerable<(int Id, float[] Values)> rows)
    {
        foreach (var (id, values) in rows)
        {
            var expected = step.Expected(model, _images[id])[output];
            Assert.Equal(expected.Length, values.Length);
            for (var i = 0; i < values.Length; i++)
            {
                Assert.Equal(expected[i], values[i], 1e-5f);
            }
        }
    }

    // 3 x 2 pixels: another size than the network's 4 x 4, so that preprocessing has work to do.
    private static CtImage Create(int i)
    {
        var gray = (byte)(i * 9 % 251);
        return CtImage.FromGray8([gray, 255, 0, gray, gray, (byte)(gray / 2)], 3, 2);
    }
}
