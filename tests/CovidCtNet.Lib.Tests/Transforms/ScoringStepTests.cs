using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>What the scoring step adds to the contract of every step: batches, annotations, prediction engines, cancellation.</summary>
public sealed class ScoringStepTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly CovidCtModel _model = TestModels.LoadMean(new CovidCtModelOptions { BatchSize = 4 });
    private readonly Slices _slices = new(11);

    public void Dispose()
    {
        _slices.Dispose();
        _model.Dispose();
    }

    [Fact]
    public void Annotations_are_those_of_a_trainer_of_ML_NET()
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(i => new Example { Label = i % 2 == 0, Features = [i, i * i % 7] }));
        var reference = _ml.BinaryClassification.Trainers.SdcaLogisticRegression().Fit(data).Transform(data).Schema;
        var ours = Scored().Schema;
        foreach (var name in (string[])["Score", "Probability", "PredictedLabel"])
        {
            Assert.Equal(reference[name].Type, ours[name].Type);
            Assert.Equal(Describe(reference[name]), Describe(ours[name]));
        }

        // A second scorer behind the first makes a set of its own.
        var twice = _ml.Transforms.ScoreCovidCt(_model).Append(_ml.Transforms.ScoreCovidCt(_model)).Fit(_slices.View(_ml)).GetOutputSchema(_slices.View(_ml).Schema);
        Assert.Contains("2", Describe(twice["Score"]).Single(a => a.StartsWith("ScoreColumnSetId", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluator_of_ML_NET_works_on_the_result()
    {
        var metrics = _ml.BinaryClassification.Evaluate(Scored());
        var truth = Enumerable.Range(0, _slices.Count).Select(Slices.LabelOf).ToArray();
        var logits = _slices.Rows().Select(r => _model.Predict(_slices[r.Id]).Logit).ToArray();
        Assert.Equal(CovidCtNet.Lib.Evaluation.Auc.Compute(truth, logits), metrics.AreaUnderRocCurve, 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void Batch_size_changes_no_row(int batchSize)
    {
        using var conv = TestModels.LoadConv(16, 3, new CovidCtModelOptions { BatchSize = batchSize });
        var result = _ml.Transforms.ScoreCovidCt(conv).Fit(_slices.View(_ml)).Transform(_slices.View(_ml));
        var rows = Slices.Read(result, "Score");
        Assert.Equal(Enumerable.Range(0, 11), rows.Select(r => r.Id));
        Assert.True(rows.Select(r => r.Values[0]).Distinct().Count() > 8, "The slices must tell an order apart.");
        foreach (var (id, values) in rows)
        {
            // Batches add up in another order than single runs: a few units in the last place of single precision.
            var expected = (float)conv.Predict(_slices[id]).Logit;
            Assert.Equal(expected, values[0], 1e-5f * Math.Max(1, Math.Abs(expected)));
        }
    }

    [Fact]
    public void Other_columns_stay_with_their_rows()
    {
        var scored = Scored();
        using var cursor = scored.GetRowCursor(scored.Schema);
        var path = cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema["Path"]);
        var plane = cursor.GetGetter<VBuffer<float>>(scored.Schema["Plane"]);
        var slice = cursor.GetGetter<CtImage>(scored.Schema["Slice"]);
        var id = cursor.GetIdGetter();
        using var plain = _slices.View(_ml).GetRowCursor([]);
        var plainId = plain.GetIdGetter();
        VBuffer<float> kept = default;
        for (var i = 0; cursor.MoveNext(); i++)
        {
            Assert.True(plain.MoveNext());
            ReadOnlyMemory<char> text = default;
            path(ref text);
            Assert.Equal(_slices.PathOf(i), text.ToString());
            plane(ref kept);
            Assert.Equal(_slices.Row(i).Plane, kept.DenseValues());
            CtImage? image = null;
            slice(ref image!);
            Assert.Same(_slices[i], image);
            var (a, b) = (default(DataViewRowId), default(DataViewRowId));
            id(ref a);
            plainId(ref b);
            Assert.Equal(b, a);

            // What a reader gets is its own: writing into it must not reach the next reader of the row.
            VBufferEditor.CreateFromBuffer(ref kept).Values.Fill(-1);
            VBuffer<float> again = default;
            plane(ref again);
            Assert.Equal(_slices.Row(i).Plane, again.DenseValues());
        }
    }

    [Fact]
    public void Prediction_engine_predicts_and_leaves_the_model_alone()
    {
        var transformer = _ml.Transforms.ScoreCovidCt(_model, new CovidCtScoringOptions { InputColumnName = "Bytes" }).Fit(_slices.View(_ml));
        var engine = _ml.Model.CreatePredictionEngine<SliceRow, Scores>(transformer);
        for (var i = 0; i < _slices.Count; i++)
        {
            var (expected, actual) = (_model.Predict(_slices[i]), engine.Predict(_slices.Row(i)));
            Assert.Equal((float)expected.Logit, actual.Score, 1e-6f);
            Assert.Equal((float)expected.Probability, actual.Probability, 1e-6f);
            Assert.Equal(expected.Label.IsPositive, actual.PredictedLabel);
        }

        // By default the engine owns the transformer, and the transformer does not own the model.
        engine.Dispose();
        Assert.Throws<ObjectDisposedException>(() => engine.Predict(_slices.Row(0)));
        Assert.True(double.IsFinite(_model.Predict(_slices[0]).Logit));
    }

    [Fact]
    public async Task Model_that_is_disposed_under_cursors_ends_them_with_an_exception()
    {
        var graph = TestModels.ConvGraph(16, 3);
        var bytes = TestModels.Bytes(graph, TestModels.Contract(graph, 16));
        for (var round = 0; round < 5; round++)
        {
            var model = TestModels.Load(bytes, new CovidCtModelOptions { BatchSize = 2, IntraOpThreads = 1 });
            var result = _ml.Transforms.ScoreCovidCt(model, new CovidCtScoringOptions { OwnsModel = true }).Fit(_slices.View(_ml)).Transform(_slices.View(_ml));
            using var running = new CountdownEvent(4);
            var readers = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    Slices.Read(result, "Score");
                    running.Signal();
                    while (true)
                    {
                        Assert.Equal(_slices.Count, Slices.Read(result, "Score").Count);
                    }
                },
                TaskCreationOptions.LongRunning)).ToArray();
            running.Wait(TestContext.Current.CancellationToken);
            model.Dispose();
            foreach (var reader in readers)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => reader);
            }
        }
    }

    [Fact]
    public void Cancellation_ends_a_cursor_in_the_middle_of_a_run()
    {
        using var slow = TestModels.LoadConv(160, 120, new CovidCtModelOptions { BatchSize = 1 });
        using var cancel = new CancellationTokenSource();
        var result = _ml.Transforms.ScoreCovidCt(slow, new CovidCtScoringOptions { CancellationToken = cancel.Token }).Fit(_slices.View(_ml)).Transform(_slices.View(_ml));
        cancel.CancelAfter(50);
        Assert.ThrowsAny<OperationCanceledException>(() => Slices.Read(result, "Score"));
    }

    [Fact]
    public void Network_that_gives_no_number_fails_for_its_rows_alone()
    {
        var planes = new[] { 0f, float.NaN, 1f }.Select((v, i) => new SliceRow { Id = i, Plane = [.. Enumerable.Repeat(v, 16)] });
        var result = _ml.Transforms.ScoreCovidCt(_model, new CovidCtScoringOptions { InputColumnName = "Plane" }).Fit(_slices.View(_ml)).Transform(_ml.Data.LoadFromEnumerable(planes));
        using var cursor = result.GetRowCursor([result.Schema["Score"]]);
        var value = Slices.ValueOf(cursor, result.Schema["Score"]);
        Assert.True(cursor.MoveNext());
        Assert.Equal(-1, value()[0], 1e-6f);
        Assert.True(cursor.MoveNext());
        Assert.Throws<CovidCtModelOutputException>(value);
        Assert.True(cursor.MoveNext());
        Assert.Equal(3, value()[0], 1e-6f);
    }

    [Fact]
    public void Plane_of_another_size_is_refused_when_the_step_is_fitted()
    {
        using var larger = TestModels.LoadConv(8, 1);
        var e = Assert.Throws<CovidCtSchemaException>(() => _ml.Transforms.ScoreCovidCt(larger, new CovidCtScoringOptions { InputColumnName = "Plane" }).Fit(_slices.View(_ml)));
        Assert.Contains("16", e.Reason, StringComparison.Ordinal);
        Assert.Contains("64", e.Reason, StringComparison.Ordinal);
        Assert.Contains("PreprocessCtSlices", e.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void Relative_paths_are_looked_up_in_the_folder()
    {
        var view = _ml.Data.LoadFromEnumerable([new SliceRow { Path = "slice3.png" }]);
        var result = _ml.Transforms.ScoreCovidCt(_model, new CovidCtScoringOptions { ImageFolder = _slices.Folder }).Fit(view).Transform(view);
        Assert.Equal((float)_model.Predict(_slices[3]).Logit, Slices.Read(result, "Score")[0].Values[0], 1e-6f);
    }

    [Fact]
    public void Attention_comes_with_a_picture_on_request()
    {
        using var conv = TestModels.LoadConv(16, 3);
        var options = new CovidCtAttentionOptions { OverlayColumnName = "Overlay" };
        var result = _ml.Transforms.ExtractAttention(conv, options).Fit(_slices.View(_ml)).Transform(_slices.View(_ml));
        Assert.Equal([1, 16, 16], ((VectorDataViewType)result.Schema["Attention"].Type).Dimensions);
        using var cursor = result.GetRowCursor([result.Schema["Attention"], result.Schema["Overlay"]]);
        var map = Slices.ValueOf(cursor, result.Schema["Attention"]);
        var overlay = cursor.GetGetter<MLImage>(result.Schema["Overlay"]);
        for (var i = 0; cursor.MoveNext(); i++)
        {
            MLImage? picture = null;
            overlay(ref picture!);
            using var expected = MLImage.CreateFromStream(new MemoryStream(conv.Explain(_slices[i]).ToOverlayPng()));
            Assert.Equal(expected.Pixels, picture.Pixels);
            Assert.Equal(conv.Explain(_slices[i]).InputValues.ToArray(), map());
            picture.Dispose();
        }
    }

    private static List<string> Describe(DataViewSchema.Column column)
    {
        var lines = new List<string>();
        foreach (var annotation in column.Annotations.Schema)
        {
            object? value = null;
            if (annotation.Type is TextDataViewType)
            {
                ReadOnlyMemory<char> text = default;
                column.Annotations.GetValue(annotation.Name, ref text);
                value = text.ToString();
            }
            else if (annotation.Type is BooleanDataViewType)
            {
                var flag = false;
                column.Annotations.GetValue(annotation.Name, ref flag);
                value = flag;
            }
            else
            {
                uint key = 0;
                column.Annotations.GetValue(annotation.Name, ref key);
                value = key;
            }

            lines.Add($"{annotation.Name} {annotation.Type} {value}");
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private IDataView Scored() => _ml.Transforms.ScoreCovidCt(_model).Fit(_slices.View(_ml)).Transform(_slices.View(_ml));

    private sealed class Example
    {
        public bool Label { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    public sealed class Scores
    {
        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }
}
