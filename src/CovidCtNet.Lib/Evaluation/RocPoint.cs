namespace CovidCtNet.Lib.Evaluation;

/// <summary>One point of a ROC curve.</summary>
/// <param name="FalsePositiveRate">Share of negatives called positive, in [0, 1].</param>
/// <param name="TruePositiveRate">Share of positives called positive, in [0, 1].</param>
/// <param name="Threshold">Cases with at least this score are called positive; +infinity at the first point, where none is.</param>
public readonly record struct RocPoint(double FalsePositiveRate, double TruePositiveRate, double Threshold)
{
    /// <summary>The true-positive rate.</summary>
    public double Sensitivity => TruePositiveRate;

    /// <summary>One minus the false-positive rate.</summary>
    public double Specificity => 1 - FalsePositiveRate;
}
