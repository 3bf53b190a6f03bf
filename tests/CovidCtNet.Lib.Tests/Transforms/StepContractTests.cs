using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>Every step behaves as ML.NET's own steps do, on every kind of input column.</summary>
public sealed class StepContractTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly CovidCtModel _model = TestModels.LoadConv(4, 3, new CovidCtModelOptions { BatchSize = 4 });
    private readonly Slices _slices = new(23);

    public static TheoryData<string> Steps => [.. Step.All.Select(s => s.Name)];

    public void Dispose()
    {
        _slices.Dispose();
        _model.Dispose();
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Both_kinds_of_schema_and_the_data_agree(string name)
    {
        var step = Step.Named(name);
        var estimator = step.Estimator(_ml, _model);
        var shape = _ml.Transforms.CustomMapping<object, SliceRow>((_, _) => { }, null).GetOutputSchema(new SchemaShape([]));
        var shaped = estimator.GetOutputSchema(shape);
        var view = _slices.View(_ml);
        var transformer = estimator.Fit(view);
        var schema = transformer.GetOutputSchema(view.Schema);
        Assert.Equal(schema.Select(c => c.Name), transformer.Transform(view).Schema.Select(c => c.Name));
        Assert.Equal(schema.Select(c => c.Name), shaped.Select(c => c.Name));
        Assert.Equal(view.Schema.Select(c => c.Name).Concat(step.Outputs), schema.Select(c => c.Name));
        foreach (var output in step.Outputs)
        {
            var (real, described) = (schema[output], shaped.Single(c => c.Name == output));
            var vector = real.Type as VectorDataViewType;
            Assert.Equal(vector?.ItemType ?? real.Type, described.ItemType);
            Assert.Equal(vector is null ? SchemaShape.Column.VectorKind.Scalar : SchemaShape.Column.VectorKind.Vector, described.Kind);
            Assert.Equal(real.Annotations.Schema.Select(a => a.Name).Order(), described.Annotations.Select(a => a.Name).Order());
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Wrong_column_is_refused_before_any_row_is_read(string name)
    {
        var step = Step.Named(name);
        var view = _slices.View(_ml);
        foreach (var wrong in (string[])["Nothing", "Id", "Label"])
        {
            var estimator = step.Create(_ml, _model, wrong);
            var e = Assert.Throws<CovidCtSchemaException>(() => estimator.Fit(view));
            Assert.Equal(wrong, e.ColumnName);
            Assert.Contains(wrong == "Nothing" ? "InputColumnName" : "text (paths)", e.Cure, StringComparison.Ordinal);
            var shape = _ml.Transforms.CustomMapping<object, SliceRow>((_, _) => { }, null).GetOutputSchema(new SchemaShape([]));
            Assert.Throws<CovidCtSchemaException>(() => estimator.GetOutputSchema(shape));
        }

        var fitted = step.Estimator(_ml, _model).Fit(view);
        var other = _ml.Data.LoadFromEnumerable([new { Unrelated = 1 }]);
        Assert.Throws<CovidCtSchemaException>(() => fitted.Transform(other));
        Assert.Throws<CovidCtSchemaException>(() => fitted.GetOutputSchema(other.Schema));
        Assert.Equal(0, _slices.RowsRead);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Values_are_those_of_the_core_in_the_order_of_the_rows(string name)
    {
        var step = Step.Named(name);
        var result = Apply(step);
        for (var i = 0; i < step.Outputs.Length; i++)
        {
            var rows = Slices.Read(result, step.Outputs[i]);
            Assert.Equal(Enumerable.Range(0, _slices.Count), rows.Select(r => r.Id));
            _slices.AssertValues(step, _model, i, rows);
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Nothing_is_computed_for_columns_that_nobody_reads(string name)
    {
        var step = Step.Named(name);
        var result = Apply(step);
        File.WriteAllText(_slices.PathOf(5), string.Empty);
        using var cursor = result.GetRowCursor([result.Schema["Id"]]);
        Assert.False(cursor.IsColumnActive(result.Schema[step.Outputs[0]]));
        Assert.Throws<InvalidOperationException>(() => Slices.ValueOf(cursor, result.Schema[step.Outputs[0]]));
        var id = cursor.GetGetter<int>(result.Schema["Id"]);
        var (rows, sum) = (0, 0);
        while (cursor.MoveNext())
        {
            var value = 0;
            id(ref value);
            (rows, sum) = (rows + 1, sum + value);
        }

        // Row 5 is a file without content, which would fail.
        Assert.Equal((23, 23 * 22 / 2), (rows, sum));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Bad_row_fails_for_its_reader_and_for_no_other(string name)
    {
        var step = Step.Named(name);
        File.WriteAllText(_slices.PathOf(5), string.Empty);
        var result = Apply(step);
        foreach (var output in step.Outputs)
        {
            using var cursor = result.GetRowCursor([result.Schema[output]]);
            var value = Slices.ValueOf(cursor, result.Schema[output]);
            for (var row = 0; cursor.MoveNext(); row++)
            {
                var e = Record.Exception(value);
                Assert.Equal(row, cursor.Position);
                Assert.True((row == 5) == (e is CtImageException or CovidCtSchemaException), $"row {row}: {e}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Reader_that_stops_early_stops_the_work(string name)
    {
        var step = Step.Named(name);
        var result = Apply(step);
        var rows = Slices.Read(result, step.Outputs[0], limit: 1);
        _slices.AssertValues(step, _model, 0, rows);
        Assert.Equal(1, _slices.RowsRead);
        Assert.Equal(3, Slices.Read(_ml.Data.TakeRows(result, 3), step.Outputs[0]).Count);

        // At most one batch of four is read ahead.
        Assert.InRange(_slices.RowsRead, 4, 1 + 3 + 4);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Cursor_sets_concurrent_cursors_and_shuffling_give_every_row_its_own_value(string name)
    {
        var step = Step.Named(name);
        var result = Apply(step);
        var output = result.Schema[step.Outputs[0]];
        var inSet = new List<(int Id, float[] Values)>();
        foreach (var cursor in result.GetRowCursorSet([result.Schema["Id"], output], 3))
        {
            using (cursor)
            {
                inSet.AddRange(Slices.Read(cursor, output.Name));
            }
        }

        Assert.Equal(Enumerable.Range(0, _slices.Count), inSet.Select(r => r.Id).Order());
        _slices.AssertValues(step, _model, 0, inSet);

        Parallel.For(0, 4, _ =>
        {
            var rows = Slices.Read(result, output.Name);
            Assert.Equal(_slices.Count, rows.Count);
            _slices.AssertValues(step, _model, 0, rows);
        });

        // Pictures and slices are not among the types that ML.NET shuffles.
        if (!name.StartsWith("load", StringComparison.Ordinal))
        {
            var shuffled = Slices.Read(_ml.Data.ShuffleRows(result, seed: 3), output.Name);
            Assert.Equal(Enumerable.Range(0, _slices.Count), shuffled.Select(r => r.Id).Order());
            Assert.NotEqual(Enumerable.Range(0, _slices.Count), shuffled.Select(r => r.Id));
            _slices.AssertValues(step, _model, 0, shuffled);
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Caching_preview_and_enumeration_work(string name)
    {
        var step = Step.Named(name);
        var result = Apply(step);
        var preview = result.Preview(7);
        Assert.Equal(7, preview.RowView.Length);
        Assert.Equal(result.Schema.Count, preview.RowView[0].Values.Length);
        if (name.StartsWith("load", StringComparison.Ordinal))
        {
            // As with MLImage: ML.NET caches numbers and text, and leaves other columns out.
            Assert.Null(_ml.Data.Cache(result).Schema.GetColumnOrNull("Out"));
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
    public void Disposal_while_in_use_is_a_clear_exception(string name)
    {
        var step = Step.Named(name);
        var transformer = step.Estimator(_ml, _model).Fit(_slices.View(_ml));
        var result = transformer.Transform(_slices.View(_ml));
        using var cursor = result.GetRowCursor(result.Schema);
        var value = Slices.ValueOf(cursor, result.Schema[step.Outputs[0]]);
        Assert.True(cursor.MoveNext());
        value();
        ((IDisposable)transformer).Dispose();
        ((IDisposable)transformer).Dispose();
        Assert.Throws<ObjectDisposedException>(() =>
        {
            while (cursor.MoveNext())
            {
                value();
            }
        });
        Assert.Throws<ObjectDisposedException>(() => transformer.Transform(_slices.View(_ml)));
        Assert.Throws<ObjectDisposedException>(() => Slices.Read(result, step.Outputs[0]));

        // The model is the caller's and goes on.
        Assert.True(double.IsFinite(_model.Predict(_slices[0]).Logit));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Row_mapper_gives_single_rows(string name)
    {
        var step = Step.Named(name);
        var view = _slices.View(_ml);
        var transformer = step.Estimator(_ml, _model).Fit(view);
        Assert.True(transformer.IsRowToRowMapper);
        var mapper = transformer.GetRowToRowMapper(view.Schema);
        var wanted = mapper.OutputSchema.Where(c => step.Outputs.Contains(c.Name)).ToArray();
        var needed = Assert.Single(mapper.GetDependencies(wanted));
        Assert.Equal(step.Input, needed.Name);
        Assert.Empty(mapper.GetDependencies([]));
        using var cursor = view.GetRowCursor([needed, view.Schema["Id"]]);
        using var row = mapper.GetRow(cursor, [.. wanted, mapper.OutputSchema["Id"]]);
        var values = step.Outputs.Select(o => Slices.ValueOf(row, mapper.OutputSchema[o])).ToArray();
        for (var i = 0; cursor.MoveNext(); i++)
        {
            for (var o = 0; o < values.Length; o++)
            {
                _slices.AssertValues(step, _model, o, [(i, values[o]())]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Steps_work_in_chains(string name)
    {
        var step = Step.Named(name);
        var chain = _ml.Transforms.CopyColumns("Renamed", step.Input)
            .Append(step.Create(_ml, _model, "Renamed"))
            .Append(_ml.Transforms.CopyColumns("Copy", step.Outputs[0]));
        var rows = Slices.Read(chain.Fit(_slices.View(_ml)).Transform(_slices.View(_ml)), "Copy");
        Assert.Equal(_slices.Count, rows.Count);
        _slices.AssertValues(step, _model, 0, rows);
    }

    private IDataView Apply(Step step)
    {
        var view = _slices.View(_ml);
        return step.Estimator(_ml, _model).Fit(view).Transform(view);
    }
}
