using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Explanation.Agreement;

/// <summary>Bootstrap intervals of means and ratios of sums over slices, whole groups drawn with replacement.</summary>
internal static class GroupBootstrap
{
    public static int[] IndexOf(IReadOnlyList<string> groups)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        return
        [
            .. groups.Select(group =>
            {
                if (!numbers.TryGetValue(group, out var number))
                {
                    numbers.Add(group, number = numbers.Count);
                }

                return number;
            }),
        ];
    }

    /// <summary>Interval of the sum of numerators over the sum of denominators.</summary>
    public static Interval Ratio(double[] numerators, double[] denominators, int[] groups, BootstrapOptions options)
    {
        var count = groups.Max() + 1;
        var (above, below) = (new double[count], new double[count]);
        for (var i = 0; i < groups.Length; i++)
        {
            above[groups[i]] += numerators[i];
            below[groups[i]] += denominators[i];
        }

        var (sumAbove, sumBelow) = (above.Sum(), below.Sum());
        var estimate = sumAbove / sumBelow;
        if (count < 2)
        {
            return new Interval(estimate, double.NaN, double.NaN, options.Level, "one group");
        }

        var replicates = new double[options.Replicates];
        for (var r = 0; r < replicates.Length; r++)
        {
            var random = new SplitMix64(options.Seed, r);
            var (a, b) = (0.0, 0.0);
            for (var i = 0; i < count; i++)
            {
                var drawn = random.Below(count);
                a += above[drawn];
                b += below[drawn];
            }

            replicates[r] = a / b;
        }

        double? acceleration = options.Interval == BootstrapInterval.Bca ? Acceleration(above, below, sumAbove, sumBelow) : null;
        return BootstrapLimits.Read(estimate, replicates, acceleration, options.Level, " by group");
    }

    /// <summary>Efron's acceleration from the jackknife over groups (Efron, JASA 1987, eq. 6.6).</summary>
    private static double Acceleration(double[] above, double[] below, double sumAbove, double sumBelow)
    {
        var left = above.Select((a, i) => (sumAbove - a) / (sumBelow - below[i])).ToArray();
        var mean = left.Average();
        var squares = left.Sum(v => Math.Pow(mean - v, 2));
        var cubes = left.Sum(v => Math.Pow(mean - v, 3));
        return squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));
    }
}
