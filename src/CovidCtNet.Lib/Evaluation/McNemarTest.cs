using MathNet.Numerics.Distributions;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>McNemar's test from the four counts of a paired table.</summary>
internal static class McNemarTest
{
    public static Comparison Compute(long both, long onlyFirst, long onlySecond, long neither, McNemarMethod method, double level)
    {
        double total = both + onlyFirst + onlySecond + neither;
        (double statistic, double? degrees, double p, string name) = method switch
        {
            McNemarMethod.Exact => (double.NaN, null, Binomial(onlyFirst, onlySecond, false), "McNemar, exact"),
            McNemarMethod.MidP => (double.NaN, null, Binomial(onlyFirst, onlySecond, true), "McNemar, mid-p"),
            McNemarMethod.ChiSquare => ChiSquare(onlyFirst, onlySecond, 0, "McNemar, chi-square"),
            McNemarMethod.ChiSquareCorrected => ChiSquare(onlyFirst, onlySecond, 1, "McNemar, chi-square with continuity correction"),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "There is no such form of McNemar's test."),
        };
        Interval difference = Newcombe(both, onlyFirst, onlySecond, neither, level);
        return new Comparison((both + onlyFirst) / total, (both + onlySecond) / total, difference, statistic, degrees, p, name);
    }

    private static double Binomial(long onlyFirst, long onlySecond, bool middle)
    {
        long discordant = onlyFirst + onlySecond;
        if (discordant == 0)
        {
            return 1;
        }

        long fewer = Math.Min(onlyFirst, onlySecond);
        int n = checked((int)discordant);
        double p = 2 * MathNet.Numerics.Distributions.Binomial.CDF(0.5, n, fewer);
        if (middle)
        {
            p -= MathNet.Numerics.Distributions.Binomial.PMF(0.5, n, (int)fewer);
        }

        return Math.Min(1, p);
    }

    private static (double Statistic, double? Degrees, double P, string Name) ChiSquare(long onlyFirst, long onlySecond, double correction, string name)
    {
        double discordant = onlyFirst + onlySecond;
        if (discordant == 0)
        {
            return (0, 1, 1, name);
        }

        // A correction that overshoots an equal split would turn no difference into one.
        double gap = Math.Max(0, Math.Abs(onlyFirst - onlySecond) - correction);
        double statistic = gap * gap / discordant;
        return (statistic, 1, 2 * Normal.CDF(0, 1, -Math.Sqrt(statistic)), name);
    }

    /// <summary>Newcombe, Statistics in Medicine 1998; 17: 2635-2650, method 10: Wilson limits of both, joined with their correlation.</summary>
    private static Interval Newcombe(long both, long onlyFirst, long onlySecond, long neither, double level)
    {
        long total = both + onlyFirst + onlySecond + neither;
        Interval first = Proportion.Wilson(both + onlyFirst, total, level);
        Interval second = Proportion.Wilson(both + onlySecond, total, level);
        double difference = (onlyFirst - onlySecond) / (double)total;
        double correlation = Correlation(both, onlyFirst, onlySecond, neither);
        double Reach(double a, double b) => Math.Sqrt(Math.Max(0, (a * a) - (2 * correlation * a * b) + (b * b)));
        return new Interval(
            difference,
            Math.Max(-1, difference - Reach(first.Estimate - first.Lower, second.Upper - second.Estimate)),
            Math.Min(1, difference + Reach(first.Upper - first.Estimate, second.Estimate - second.Lower)),
            level,
            "Newcombe, paired");
    }

    private static double Correlation(double both, double onlyFirst, double onlySecond, double neither)
    {
        double scale = Math.Sqrt((both + onlyFirst) * (onlySecond + neither) * (both + onlySecond) * (onlyFirst + neither));
        if (scale == 0)
        {
            return 0;
        }

        double cross = (both * neither) - (onlyFirst * onlySecond);

        // Newcombe's continuity correction of a positive correlation.
        double corrected = cross > 0 ? Math.Max(0, cross - ((both + onlyFirst + onlySecond + neither) / 2)) : cross;
        return corrected / scale;
    }
}
