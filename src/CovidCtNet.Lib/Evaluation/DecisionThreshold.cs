namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// A threshold as it was chosen on one set of cases, to be kept unchanged for every other: a case is called positive if its
/// score is at least <see cref="Value"/>.
/// </summary>
/// <param name="Value">The threshold, always finite.</param>
/// <param name="Rule">How it was chosen, for example <c>Youden</c>.</param>
/// <param name="Sensitivity">Sensitivity on the cases it was chosen on; optimistic for new ones.</param>
/// <param name="Specificity">Specificity on the cases it was chosen on; optimistic for new ones.</param>
public sealed record DecisionThreshold(double Value, string Rule, double Sensitivity, double Specificity)
{
    /// <summary>Youden's index on the cases the threshold was chosen on: sensitivity + specificity - 1.</summary>
    public double YoudenIndex => Sensitivity + Specificity - 1;

    /// <summary>True if <paramref name="score"/> is called positive.</summary>
    public bool IsPositive(double score) => score >= Value;
}
