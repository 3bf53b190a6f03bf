namespace CovidCtNet.Lib.Evaluation;

/// <summary>The outcome of a test whether two models, or one model on two sets, differ.</summary>
/// <param name="First">The figure of the first.</param>
/// <param name="Second">The figure of the second.</param>
/// <param name="Difference">First minus second, with its interval (NaN limits where the test has none).</param>
/// <param name="Statistic">The test statistic; NaN for an exact test.</param>
/// <param name="DegreesOfFreedom">Degrees of freedom of a t or chi-square statistic; null for a normal one and for exact tests.</param>
/// <param name="PValue">Two-sided p value, in [0, 1].</param>
/// <param name="Method">Name of the test.</param>
public sealed record Comparison(
    double First,
    double Second,
    Interval Difference,
    double Statistic,
    double? DegreesOfFreedom,
    double PValue,
    string Method)
{
    /// <summary>The comparison in one line: <c>0.030 (95 % CI 0.002-0.058, DeLong), p = 0.036</c>.</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Difference}, p {(PValue < 0.001 ? "< 0.001" : $"= {PValue:0.000}")}");
}
