using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>The ML.NET way into the evaluation gives what the evaluation gives, and what ML.NET's own evaluator gives where both speak.</summary>
public class EvaluateCovidCtTests
{
    private readonly MLContext _ml = new(1);

    [Fact]
    public void Figures_agree_with_ML_NET_and_with_the_core()
    {
        var rows = Rows(400);
        var data = _ml.Data.LoadFromEnumerable(rows);
        var ours = _ml.BinaryClassification.EvaluateCovidCt(data, new CovidCtEvaluationOptions { GroupColumnName = "Scan", Bootstrap = new BootstrapOptions { Replicates = 200 } });
        var theirs = _ml.BinaryClassification.Evaluate(data);

        // Their threshold is logit 0; the calls of the rows are at probability 0.5, the same.
        Assert.Equal(theirs.AreaUnderRocCurve, ours.Metrics.Auc, 1e-6);
        Assert.Equal(theirs.Accuracy, ours.Metrics.Accuracy, 1e-9);
        Assert.Equal(theirs.PositiveRecall, ours.Metrics.Sensitivity, 1e-9);
        Assert.Equal(theirs.NegativeRecall, ours.Metrics.Specificity, 1e-9);
        Assert.Equal(theirs.F1Score, ours.Metrics.F1, 1e-9);

        // Theirs is in bits.
        Assert.Equal(theirs.LogLoss * Math.Log(2), ours.Metrics.LogLoss, 1e-5);
        Assert.Equal((400, 40), (ours.Cases, ours.Groups));
        var labels = rows.Select(r => r.Label).ToArray();
        var probabilities = rows.Select(r => (double)r.Probability).ToArray();
        var direct = Bootstrap.ByGroup(labels, probabilities, rows.Select(r => r.Scan).ToArray(), m => m.Auc, replicates: 200);
        Assert.Equal(direct, ours.Intervals!.Auc);
        Assert.True(ours.Intervals.Sensitivity.Lower < ours.Metrics.Sensitivity && ours.Intervals.Sensitivity.Upper > ours.Metrics.Sensitivity);
        Assert.Equal(ours.Metrics.Auc, ours.RocCurve.Auc, 1e-12);
        Assert.Equal(ours.Metrics.AveragePrecision, ours.PrecisionRecallCurve.AveragePrecision, 1e-12);
        Assert.Equal(10, ours.Reliability.Count);
        Assert.InRange(ours.Calibration.Slope, 0, 10);
    }

    [Theory]
    [InlineData(0.3f)]
    [InlineData(0.9f)]
    [InlineData(2f)]
    public void Threshold_is_that_of_the_calls(float threshold)
    {
        var rows = Rows(100).Select(r => r with { PredictedLabel = r.Probability >= threshold }).ToArray();
        var result = _ml.BinaryClassification.EvaluateCovidCt(_ml.Data.LoadFromEnumerable(rows), new CovidCtEvaluationOptions { Bootstrap = null });
        Assert.Null(result.Intervals);
        Assert.Equal(rows.Count(r => r.PredictedLabel == r.Label) / 100.0, result.Metrics.Accuracy, 1e-12);
        Assert.Equal(rows.Count(r => r.PredictedLabel), result.Metrics.Confusion.TruePositives + result.Metrics.Confusion.FalsePositives);
    }

    [Fact]
    public void Bad_columns_are_named_with_the_cure()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(20));
        void Refused(string named, CovidCtEvaluationOptions options)
        {
            var e = Assert.Throws<CovidCtSchemaException>(() => _ml.BinaryClassification.EvaluateCovidCt(data, options));
            Assert.Equal(named, e.ColumnName);
        }

        Refused("Truth", new CovidCtEvaluationOptions { LabelColumnName = "Truth" });
        Refused("Scan", new CovidCtEvaluationOptions { LabelColumnName = "Scan" });
        Refused("Label", new CovidCtEvaluationOptions { ProbabilityColumnName = "Label" });
        Refused("Score", new CovidCtEvaluationOptions { GroupColumnName = "Score" });

        // Labels are no calls of these probabilities.
        Refused("Label", new CovidCtEvaluationOptions { PredictedLabelColumnName = "Label" });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CovidCtEvaluationOptions { Threshold = 1.5 });
        Assert.Throws<EvaluationDataException>(() => _ml.BinaryClassification.EvaluateCovidCt(_ml.Data.LoadFromEnumerable(Rows(20).Where(r => r.Label))));
        Assert.ThrowsAny<OperationCanceledException>(() => _ml.BinaryClassification.EvaluateCovidCt(data, new CovidCtEvaluationOptions { CancellationToken = new CancellationToken(true) }));
    }

    private static ScoredRow[] Rows(int count)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var label = i / 10 % 2 == 0;
            var logit = (float)((label ? 1 : -1) + (random.NextDouble() * 4) - 2);
            var probability = (float)(1 / (1 + Math.Exp(-logit)));
            return new ScoredRow { Label = label, Score = logit, Probability = probability, PredictedLabel = probability >= 0.5f, Scan = $"scan{i / 10}" };
        })];
    }

    private sealed record ScoredRow
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }

        public string Scan { get; set; } = string.Empty;
    }
}
