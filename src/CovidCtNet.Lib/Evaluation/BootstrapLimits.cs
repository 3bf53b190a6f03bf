using MathNet.Numerics.Distributions;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>Reads confidence limits off bootstrap replicates.</summary>
internal static class BootstrapLimits
{
    private const double LargestUndefinedShare = 0.05;

    /// <param name="estimate">The figure on the data themselves.</param>
    /// <param name="replicates">The figure of each replicate; NaN where undefined.</param>
    /// <param name="acceleration">Efron's a; null asks for plain percentiles, NaN means that the jackknife was undefined.</param>
    /// <param name="level">Confidence level.</param>
    /// <param name="unit">How units were drawn, for the name of the method.</param>
    public static Interval Read(double estimate, double[] replicates, double? acceleration, double level, string unit)
    {
        double[] sorted = [.. replicates.Where(value => !double.IsNaN(value)).Order()];
        int undefined = replicates.Length - sorted.Length;
        string suffix = undefined == 0 ? string.Empty : $", {undefined} of {replicates.Length} replicates undefined";
        if (double.IsNaN(estimate) || undefined > LargestUndefinedShare * replicates.Length)
        {
            return new Interval(estimate, double.NaN, double.NaN, level, $"bootstrap{unit}{suffix}");
        }

        double tail = (1 - level) / 2;
        string method = "percentile";
        (double Lower, double Upper) at = (tail, 1 - tail);
        if (acceleration is { } a && Adjust(estimate, sorted, a, tail) is { } adjusted)
        {
            method = "BCa";
            at = adjusted;
        }

        return new Interval(estimate, Quantile(sorted, at.Lower), Quantile(sorted, at.Upper), level, $"{method} bootstrap{unit}{suffix}");
    }

    /// <summary>Sample quantile with linear interpolation (Hyndman and Fan's type 7, the default of NumPy and R).</summary>
    public static double Quantile(double[] sorted, double probability)
    {
        double position = (sorted.Length - 1) * probability;
        int index = (int)Math.Floor(position);
        double share = position - index;

        // Not interpolating between equals keeps infinite likelihood ratios from becoming NaN.
        return index + 1 >= sorted.Length || share == 0 || sorted[index] == sorted[index + 1]
            ? sorted[index]
            : sorted[index] + (share * (sorted[index + 1] - sorted[index]));
    }

    /// <summary>Efron 1987, eq. 2.3: the percentiles to read instead of tail and 1 - tail; null where the correction does not exist.</summary>
    private static (double Lower, double Upper)? Adjust(double estimate, double[] sorted, double acceleration, double tail)
    {
        // Ties count half (as in SciPy), without which figures with few values would look biased.
        double tolerance = 1e-12 * Math.Abs(estimate);
        double below = sorted.Count(value => value < estimate - tolerance);
        double notAbove = sorted.Count(value => value <= estimate + tolerance);
        double share = (below + notAbove) / (2 * sorted.Length);
        if (share is <= 0 or >= 1 || double.IsNaN(acceleration))
        {
            return null;
        }

        double z0 = Normal.InvCDF(0, 1, share);
        double At(double probability)
        {
            double z = z0 + Normal.InvCDF(0, 1, probability);
            return Normal.CDF(0, 1, z0 + (z / (1 - (acceleration * z))));
        }

        return (At(tail), At(1 - tail));
    }
}
