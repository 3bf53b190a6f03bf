using MathNet.Numerics.Distributions;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>Power and sample size of a study that tests an area against chance (0.5), or wants it to a given precision.</summary>
/// <remarks>
/// Variance under the binormal model after Obuchowski, Lieber and Wians (Clinical Chemistry 2004; 50: 1118-1125); pROC's
/// <c>power.roc.test</c>. Numbers are of independent cases: for slices multiply by the design effect 1 + (m - 1) ICC.
/// </remarks>
public static class AucPower
{
    /// <summary>Power of the test.</summary>
    /// <param name="auc">The area that is expected, in (0.5, 1).</param>
    /// <param name="positives">Number of positives.</param>
    /// <param name="negatives">Number of negatives.</param>
    /// <param name="significance">Level of the two-sided test.</param>
    /// <returns>Chance to find the area different from 0.5, in (0, 1).</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static double Power(double auc, int positives, int negatives, double significance = 0.05)
    {
        Validate(auc, significance);
        ArgumentOutOfRangeException.ThrowIfLessThan(positives, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(negatives, 1);
        double ratio = (double)negatives / positives;
        double zAlpha = Normal.InvCDF(0, 1, 1 - (significance / 2));
        double zBeta = ((Math.Sqrt(positives) * (auc - 0.5)) - (zAlpha * Math.Sqrt(NullVariance(ratio)))) / Math.Sqrt(Variance(auc, ratio));
        return Normal.CDF(0, 1, zBeta);
    }

    /// <summary>Number of cases for a power.</summary>
    /// <param name="auc">The area that is expected, in (0.5, 1).</param>
    /// <param name="power">The wanted chance to find it different from 0.5, in (0, 1).</param>
    /// <param name="significance">Level of the two-sided test.</param>
    /// <param name="negativesPerPositive">Negatives for each positive, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static AucSampleSize SampleSize(double auc, double power = 0.8, double significance = 0.05, double negativesPerPositive = 1)
    {
        Validate(auc, significance);
        ValidateOpen(power, nameof(power));
        ValidateRatio(negativesPerPositive);
        double zAlpha = Normal.InvCDF(0, 1, 1 - (significance / 2));
        double zBeta = Normal.InvCDF(0, 1, power);
        double root = (zAlpha * Math.Sqrt(NullVariance(negativesPerPositive))) + (zBeta * Math.Sqrt(Variance(auc, negativesPerPositive)));
        return Size(root * root / ((auc - 0.5) * (auc - 0.5)), negativesPerPositive);
    }

    /// <summary>Number of cases for which the interval of the area is expected to reach this far to each side.</summary>
    /// <param name="auc">The area that is expected, in (0.5, 1).</param>
    /// <param name="halfWidth">Half the wanted width of the interval, for example 0.03.</param>
    /// <param name="level">Confidence level.</param>
    /// <param name="negativesPerPositive">Negatives for each positive, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static AucSampleSize SampleSizeForHalfWidth(double auc, double halfWidth, double level = 0.95, double negativesPerPositive = 1)
    {
        Check.Level(level);
        Validate(auc, 1 - level);
        ValidateOpen(halfWidth, nameof(halfWidth));
        ValidateRatio(negativesPerPositive);
        double z = Normal.InvCDF(0, 1, 0.5 + (level / 2));
        return Size(z * z * Variance(auc, negativesPerPositive) / (halfWidth * halfWidth), negativesPerPositive);
    }

    /// <summary>Variance times the number of positives (Obuchowski et al. 2004, appendix; Obuchowski 1994).</summary>
    internal static double Variance(double auc, double ratio)
    {
        double a = Normal.InvCDF(0, 1, auc) * 1.414;
        return 0.0099 * Math.Exp(-a * a / 2) * ((5 * a * a) + 8 + (((a * a) + 8) / ratio));
    }

    private static double NullVariance(double ratio) => 0.0792 * (1 + (1 / ratio));

    private static AucSampleSize Size(double positives, double ratio) =>
        new(checked((int)Math.Ceiling(positives)), checked((int)Math.Ceiling(positives * ratio)));

    private static void Validate(double auc, double significance)
    {
        if (!(auc is > 0.5 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(auc), auc, "The expected area lies between 0.5 and 1.");
        }

        ValidateOpen(significance, nameof(significance));
    }

    private static void ValidateOpen(double value, string name)
    {
        if (!(value is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(name, value, $"'{name}' lies between 0 and 1.");
        }
    }

    private static void ValidateRatio(double negativesPerPositive)
    {
        if (!(negativesPerPositive > 0 && double.IsFinite(negativesPerPositive)))
        {
            throw new ArgumentOutOfRangeException(nameof(negativesPerPositive), negativesPerPositive, "The ratio is positive and finite.");
        }
    }
}
