using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>What scoring and attention add to the contract of every step: annotations, cancellation within a run, overlays.</summary>
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
}
