using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>Confidence intervals for a proportion of independent cases, such as sensitivity or accuracy.</summary>
public static class Proportion
{
    /// <summary>
    /// Score interval (Wilson, JASA 1927; 22: 209-212), without continuity correction: the recommended one
    /// (Newcombe, Statistics in Medicine 1998; 17: 857-872, method 3).
    /// </summary>
    /// <param name="successes">Number of successes, 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">Number of trials; with 0 the estimate is NaN and the interval is [0, 1].</param>
    /// <param name="level">Confidence level.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, there are more successes than trials, or the level is not between 0 and 1.</exception>
    public static Interval Wilson(long successes, long trials, double level = 0.95)
    {
        Validate(successes, trials, level);
        if (trials == 0)
        {
            return new Interval(double.NaN, 0, 1, level, "Wilson");
        }

        double z = Normal.InvCDF(0, 1, 0.5 + (level / 2));
        double n = trials;
        double p = successes / n;
        double z2 = z * z;
        double centre = (p + (z2 / (2 * n))) / (1 + (z2 / n));
        double half = z / (1 + (z2 / n)) * Math.Sqrt((p * (1 - p) / n) + (z2 / (4 * n * n)));

        // The limits are exactly 0 and 1 at the ends; rounding must not say otherwise.
        double lower = successes == 0 ? 0 : Math.Max(0, centre - half);
        double upper = successes == trials ? 1 : Math.Min(1, centre + half);
        return new Interval(p, lower, upper, level, "Wilson");
    }

    /// <summary>"Exact" interval (Clopper and Pearson, Biometrika 1934; 26: 404-413): never covers less than it says, and is wider for it.</summary>
    /// <param name="successes">Number of successes, 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">Number of trials; with 0 the estimate is NaN and the interval is [0, 1].</param>
    /// <param name="level">Confidence level.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, there are more successes than trials, or the level is not between 0 and 1.</exception>
    public static Interval ClopperPearson(long successes, long trials, double level = 0.95)
    {
        Validate(successes, trials, level);
        if (trials == 0)
        {
            return new Interval(double.NaN, 0, 1, level, "Clopper-Pearson");
        }

        double tail = (1 - level) / 2;
        double lower = successes == 0 ? 0 : BetaQuantile(successes, trials - successes + 1, tail);
        double upper = successes == trials ? 1 : 1 - BetaQuantile(trials - successes, successes + 1, tail);
        return new Interval(successes / (double)trials, lower, upper, level, "Clopper-Pearson");
    }

    // Bisection to the last bit: the regularised incomplete beta function rises with x, and 200 halvings always suffice.
    private static double BetaQuantile(double a, double b, double probability)
    {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 200 && high > low; i++)
        {
            double middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                break;
            }

            if (SpecialFunctions.BetaRegularized(a, b, middle) < probability)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }

    private static void Validate(long successes, long trials, double level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        Check.Level(level);
    }
}
