namespace CovidCtNet.Lib.Explanation.Faithfulness;

/// <summary>The probability of a class while pixels are deleted or inserted.</summary>
/// <param name="Shares">Share of the slice's pixels changed, rising from 0 to 1.</param>
/// <param name="Probabilities">The probability of the class at each share.</param>
public sealed record PerturbationCurve(IReadOnlyList<double> Shares, IReadOnlyList<double> Probabilities)
{
    /// <summary>Area under the curve by the trapezoid rule, in [0, 1].</summary>
    public double Area
    {
        get
        {
            var area = 0.0;
            for (var i = 1; i < Shares.Count; i++)
            {
                area += (Shares[i] - Shares[i - 1]) * (Probabilities[i] + Probabilities[i - 1]) / 2;
            }

            return area;
        }
    }
}
