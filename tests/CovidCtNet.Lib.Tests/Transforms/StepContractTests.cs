using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>
/// Every step behaves as ML.NET's own steps do, on every kind of input column: schemas, values, laziness, cursors, engines, cancellation and
/// disposal. Nothing here knows a step by name; what a step is, <see cref="Step.All"/> says.
/// </summary>
public sealed partial class StepContractTests : IDisposable
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
        var shape = ShapeOf<SliceRow>();
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
    public void Step_behind_itself_hides_the_columns_of_the_first_in_both_kinds_of_schema(string name)
    {
        var step = Step.Named(name);
        var twice = step.Estimator(_ml, _model).Append(step.Estimator(_ml, _model));
        var view = _slices.View(_ml);
        var result = twice.Fit(view).Transform(view);
        Assert.Equal(
            view.Schema.Select(c => c.Name).Concat(step.Outputs).Order(),
            twice.GetOutputSchema(ShapeOf<SliceRow>()).Select(c => c.Name).Order());
        Assert.All(step.Outputs, output => Assert.Equal(2, result.Schema.Count(c => c.Name == output)));
        Assert.All(result.Schema, c => Assert.Equal(result.Schema[c.Name].Index != c.Index, c.IsHidden));
        _slices.AssertValues(step, _model, 0, Slices.Read(result, step.Outputs[0], limit: 3));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Wrong_name_type_or_size_is_refused_when_fitted_before_any_row_is_read(string name)
    {
        var step = Step.Named(name);
        var view = _slices.View(_ml);
        Refused(view, ShapeOf<SliceRow>(), "Nothing", "InputColumnName");
        foreach (var column in view.Schema.Where(c => !step.Accepted.Contains(c.Name)))
        {
            Refused(view, ShapeOf<SliceRow>(), column.Name, "text (paths)");
        }

        var odd = _ml.Data.LoadFromEnumerable([new OddRow()]);
        foreach (var column in odd.Schema)
        {
            // Shapes do not say how long a vector is: where planes are taken, only the data can tell a short one.
            var isShortPlane = column.Name == "TooFew" && step.Accepted.Contains("Plane");
            Refused(odd, isShortPlane ? null : ShapeOf<OddRow>(), column.Name, isShortPlane ? "PreprocessCtSlices" : "text (paths)");
        }

        var fitted = step.Estimator(_ml, _model).Fit(view);
        Assert.Equal(step.Input, Assert.Throws<CovidCtSchemaException>(() => fitted.Transform(odd)).ColumnName);
        Assert.Throws<CovidCtSchemaException>(() => fitted.GetOutputSchema(odd.Schema));
        Assert.Throws<CovidCtSchemaException>(() => fitted.GetRowToRowMapper(odd.Schema));
        Assert.Equal(0, _slices.RowsRead);

        void Refused(IDataView data, SchemaShape? shape, string column, string cure)
        {
            var estimator = step.Create(_ml, _model, column, default);
            var e = Assert.Throws<CovidCtSchemaException>(() => estimator.Fit(data));
            Assert.Equal(column, e.ColumnName);
            Assert.Contains(cure, e.Cure, StringComparison.Ordinal);
            if (shape is not null)
            {
                Assert.Equal(column, Assert.Throws<CovidCtSchemaException>(() => estimator.GetOutputSchema(shape)).ColumnName);
            }
        }
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
        Assert.Equal([0, 1, 2], Slices.Read(_ml.Data.TakeRows(result, 3), step.Outputs[0]).Select(r => r.Id));

        // At most one batch of four is read ahead.
        Assert.InRange(_slices.RowsRead, 4, 1 + 3 + 4);
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
            .Append(step.Create(_ml, _model, "Renamed", default))
            .Append(_ml.Transforms.CopyColumns("Copy", step.Outputs[0]));
        var rows = Slices.Read(chain.Fit(_slices.View(_ml)).Transform(_slices.View(_ml)), "Copy");
        Assert.Equal(_slices.Count, rows.Count);
        _slices.AssertValues(step, _model, 0, rows);
    }

    [Fact]
    public void Every_estimator_of_the_library_is_under_this_contract()
    {
        var tested = Step.All.Select(s => s.Estimator(_ml, _model).GetType()).ToHashSet();
        var estimators = typeof(CovidCtScoringEstimator).Assembly.GetExportedTypes()
            .Where(t => !t.IsAbstract && t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEstimator<>)));
        Assert.Equal(estimators.Select(t => t.Name).Order(), tested.Select(t => t.Name).Order());
    }

    private SchemaShape ShapeOf<TRow>()
        where TRow : class, new()
        => _ml.Transforms.CustomMapping<object, TRow>((_, _) => { }, null).GetOutputSchema(new SchemaShape([]));

    private IDataView Apply(Step step, CovidCtModel? model = null, IDataView? view = null, CancellationToken token = default)
    {
        view ??= _slices.View(_ml);
        return step.Estimator(_ml, model ?? _model, token).Fit(view).Transform(view);
    }
}
