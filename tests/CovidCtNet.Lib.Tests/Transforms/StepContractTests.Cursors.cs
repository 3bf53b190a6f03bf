using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace CovidCtNet.Lib.Tests.Transforms;

public sealed partial class StepContractTests
{
    /// <summary>Every step, with batches of one row, of some, and of more than there are.</summary>
    public static TheoryData<string, int> Batches => [.. from s in Step.All from size in (int[])[1, 3, 64] select (s.Name, size)];

    [Theory]
    [MemberData(nameof(Batches))]
    public void Batches_inside_a_cursor_mix_no_rows(string name, int batchSize)
    {
        var step = Step.Named(name);
        using var model = TestModels.LoadConv(4, 3, new CovidCtModelOptions { BatchSize = batchSize });
        var view = _slices.View(_ml);
        var result = Apply(step, model, view);
        using var cursor = result.GetRowCursor(result.Schema);
        using var plain = view.GetRowCursor([]);
        var (id, plainId) = (cursor.GetIdGetter(), plain.GetIdGetter());
        var path = cursor.GetGetter<ReadOnlyMemory<char>>(result.Schema["Path"]);
        var plane = cursor.GetGetter<VBuffer<float>>(result.Schema["Plane"]);
        var slice = cursor.GetGetter<CovidCtNet.Lib.Imaging.CtImage>(result.Schema["Slice"]);
        var outputs = step.Outputs.Select(o => Slices.ValueOf(cursor, result.Schema[o])).ToArray();
        VBuffer<float> numbers = default;
        var seen = new HashSet<string>();
        var row = 0;
        for (; cursor.MoveNext(); row++)
        {
            Assert.True(plain.MoveNext());
            var (a, b) = (default(DataViewRowId), default(DataViewRowId));
            id(ref a);
            plainId(ref b);
            Assert.Equal(b, a);
            Assert.Equal(plain.Position, cursor.Position);
            Assert.Equal(plain.Batch, cursor.Batch);

            ReadOnlyMemory<char> text = default;
            path(ref text);
            Assert.Equal(_slices.PathOf(row), text.ToString());
            CovidCtNet.Lib.Imaging.CtImage? image = null;
            slice(ref image!);
            Assert.Same(_slices[row], image);
            plane(ref numbers);
            Assert.Equal(_slices.Row(row).Plane, numbers.DenseValues());

            // What a reader gets is its own: writing into it must not reach the next reader of the row.
            VBufferEditor.CreateFromBuffer(ref numbers).Values.Fill(-1);
            VBuffer<float> again = default;
            plane(ref again);
            Assert.Equal(_slices.Row(row).Plane, again.DenseValues());
            for (var o = 0; o < outputs.Length; o++)
            {
                var values = outputs[o]();
                _slices.AssertValues(step, model, o, [(row, values)]);
                var copy = values.ToArray();
                Array.Fill(values, -1);
                Assert.Equal(copy, outputs[o]());
                seen.Add(string.Join(' ', copy));
            }
        }

        Assert.Equal(_slices.Count, row);
        Assert.False(cursor.MoveNext());
        Assert.True(seen.Count > _slices.Count / 2, "The values must tell rows apart.");
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Cursor_sets_and_concurrent_cursors_give_every_row_its_own_value(string name)
    {
        var step = Step.Named(name);
        var result = Apply(step);
        var output = result.Schema[step.Outputs[0]];
        var cursors = result.GetRowCursorSet([result.Schema["Id"], output], 3);
        var inSet = new List<(int Id, float[] Values)>[cursors.Length];
        Parallel.For(0, cursors.Length, i =>
        {
            using var cursor = cursors[i];
            inSet[i] = Slices.Read(cursor, output.Name);
        });
        Assert.Equal(Enumerable.Range(0, _slices.Count), inSet.SelectMany(rows => rows).Select(r => r.Id).Order());
        _slices.AssertValues(step, _model, 0, inSet.SelectMany(rows => rows));

        Parallel.For(0, 4, _ =>
        {
            var rows = Slices.Read(result, output.Name);
            Assert.Equal(Enumerable.Range(0, _slices.Count), rows.Select(r => r.Id));
            _slices.AssertValues(step, _model, 0, rows);
        });
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Shuffled_rows_keep_their_values(string name)
    {
        var step = Step.Named(name);
        Assert.False(Apply(step).CanShuffle);
        var result = Apply(step, view: new ShufflingView(_ml, _slices));
        Assert.True(result.CanShuffle);
        using (var cursor = result.GetRowCursor([result.Schema["Id"], result.Schema[step.Outputs[0]]], new Random(3)))
        {
            Shuffled(Slices.Read(cursor, step.Outputs[0]));
        }

        // ML.NET's own shuffling, which takes numbers and text only.
        var shuffled = _ml.Data.ShuffleRows(result, seed: 3);
        if (IsKept(result.Schema[step.Outputs[0]].Type))
        {
            Shuffled(Slices.Read(shuffled, step.Outputs[0]));
        }
        else
        {
            Assert.Null(shuffled.Schema.GetColumnOrNull(step.Outputs[0]));
        }

        void Shuffled(List<(int Id, float[] Values)> rows)
        {
            Assert.Equal(Enumerable.Range(0, _slices.Count), rows.Select(r => r.Id).Order());
            Assert.NotEqual(Enumerable.Range(0, _slices.Count), rows.Select(r => r.Id));
            _slices.AssertValues(step, _model, 0, rows);
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Cached_values_are_computed_once(string name)
    {
        var step = Step.Named(name);
        var view = _slices.View(_ml);
        if (IsKept(view.Schema[step.Input].Type))
        {
            // Before the step.
            var rows = Slices.Read(Apply(step, view: _ml.Data.Cache(view, step.Input, "Id")), step.Outputs[0]);
            Assert.Equal(Enumerable.Range(0, _slices.Count), rows.Select(r => r.Id));
            _slices.AssertValues(step, _model, 0, rows);
        }

        // And behind it. ML.NET caches numbers and text, and leaves pictures and other objects out.
        var result = Apply(step);
        if (!IsKept(result.Schema[step.Outputs[0]].Type))
        {
            Assert.Null(_ml.Data.Cache(result).Schema.GetColumnOrNull(step.Outputs[0]));
            return;
        }

        var cached = _ml.Data.Cache(result, step.Outputs[0], "Id");
        var first = Slices.Read(cached, step.Outputs[0]);
        var read = _slices.RowsRead;
        var second = Slices.Read(cached, step.Outputs[0]);
        Assert.Equal(read, _slices.RowsRead);
        _slices.AssertValues(step, _model, 0, first);
        _slices.AssertValues(step, _model, 0, second);
        Assert.Equal(_slices.Count, second.Count);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Preview_shows_the_first_rows(string name)
    {
        var step = Step.Named(name);
        var result = Apply(step);
        var preview = result.Preview(7);
        Assert.Equal(Enumerable.Range(0, 7), preview.RowView.Select(r => (int)r.Values.Single(v => v.Key == "Id").Value));
        Assert.All(preview.RowView, r => Assert.Equal(result.Schema.Count, r.Values.Length));
        Assert.All(preview.RowView, r => Assert.NotNull(r.Values.Single(v => v.Key == step.Outputs[0]).Value));
        Assert.Equal([2, 3], Slices.Read(_ml.Data.TakeRows(_ml.Data.SkipRows(result, 2), 2), step.Outputs[0]).Select(r => r.Id));
    }

    /// <summary>Whether ML.NET's caches and shuffles keep columns of a type: numbers, keys and text, no objects.</summary>
    private static bool IsKept(DataViewType type) => type is not (ImageDataViewType or CtSliceDataViewType);
}
