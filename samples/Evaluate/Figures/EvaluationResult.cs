using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Evaluate.Figures;

/// <summary>All that was found about one table of scores; what its cases do not define is null or empty.</summary>
internal sealed record EvaluationResult
{
    public required ScoreTable Table { get; init; }

    public required double Threshold { get; init; }

    /// <summary>How the threshold came about, for the report.</summary>
    public required string ThresholdOrigin { get; init; }

    public required ConfusionMatrix Confusion { get; init; }

    public required IReadOnlyList<FigureRow> Figures { get; init; }

    public required IReadOnlyList<PrevalenceRow> Prevalences { get; init; }

    public required IReadOnlyList<HistogramBin> Histogram { get; init; }

    /// <summary>Null with one class only.</summary>
    public required RocCurve? Roc { get; init; }

    public required IReadOnlyList<(double FalsePositiveRate, Interval Sensitivity)> RocBand { get; init; }

    /// <summary>Null without positives.</summary>
    public required PrecisionRecallCurve? PrecisionRecall { get; init; }

    /// <summary>Empty if the scores are no probabilities.</summary>
    public required IReadOnlyList<ReliabilityPoint> Reliability { get; init; }

    /// <summary>Null with one class only, or if the scores are no probabilities.</summary>
    public required CalibrationSummary? Calibration { get; init; }

    public Interval Figure(string key) => Figures.First(row => row.Definition.Key == key).Value;

    public bool Has(string key) => Figures.Any(row => row.Definition.Key == key);
}
