using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Everything that <see cref="CovidCtNet.Lib.Evaluation"/> says about scored data.</summary>
public sealed class CovidCtEvaluation
{
    internal CovidCtEvaluation(bool[] labels, double[] probabilities, string[]? groups, double threshold, CovidCtEvaluationOptions options)
    {
        Cases = labels.Length;
        Groups = groups?.Distinct(StringComparer.Ordinal).Count();
        Metrics = BinaryMetrics.Compute(labels, probabilities, threshold);
        RocCurve = RocCurve.Compute(labels, probabilities);
        PrecisionRecallCurve = PrecisionRecallCurve.Compute(labels, probabilities);
        Reliability = ReliabilityCurve.Compute(labels, probabilities);
        Calibration = CalibrationSummary.Compute(labels, probabilities);
        if (options.Bootstrap is { } bootstrap)
        {
            var found = Bootstrap.Distributions<string>(
                labels,
                probabilities,
                groups ?? [],
                [m => m.Auc, m => m.AveragePrecision, m => m.Accuracy, m => m.Sensitivity, m => m.Specificity, m => m.Brier],
                options: bootstrap with { Threshold = threshold },
                cancellationToken: options.CancellationToken);
            Intervals = new CovidCtIntervals(
                found[0].Interval, found[1].Interval, found[2].Interval, found[3].Interval, found[4].Interval, found[5].Interval);
        }
    }

    /// <summary>Rows evaluated.</summary>
    public int Cases { get; }

    /// <summary>Groups among them; null where no group column was named.</summary>
    public int? Groups { get; }

    /// <summary>All figures at the threshold.</summary>
    public BinaryMetrics Metrics { get; }

    /// <summary>The ROC curve, point by point.</summary>
    public RocCurve RocCurve { get; }

    /// <summary>The precision-recall curve, point by point, with average precision.</summary>
    public PrecisionRecallCurve PrecisionRecallCurve { get; }

    /// <summary>Observed against predicted frequency, in ten bins of equal width.</summary>
    public ReliabilityCurve Reliability { get; }

    /// <summary>Calibration without bins.</summary>
    public CalibrationSummary Calibration { get; }

    /// <summary>Intervals; null where the options leave them out.</summary>
    public CovidCtIntervals? Intervals { get; }
}
