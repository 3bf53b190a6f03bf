using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>Spearman's rank correlation: Pearson's correlation of the ranks, ties sharing the mean of theirs.</summary>
internal static class RankCorrelation
{
    /// <summary>
    /// The correlation with a 95 % interval by Fisher's transformation and the standard error of Bonett and Wright (Psychometrika 2000),
    /// sqrt((1 + r²/2) / (n - 3)).
    /// </summary>
    public static Interval Compute(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        var (a, b) = (Ranks(x), Ranks(y));
        var (meanA, meanB) = (a.Average(), b.Average());
        var (ab, aa, bb) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }

        var r = aa > 0 && bb > 0 ? ab / Math.Sqrt(aa * bb) : 0;
        if (a.Length < 4 || Math.Abs(r) >= 1)
        {
            return new Interval(r, double.NaN, double.NaN, 0.95, "none");
        }

        var half = 1.959963984540054 * Math.Sqrt((1 + (r * r / 2)) / (a.Length - 3));
        return new Interval(r, Math.Tanh(Math.Atanh(r) - half), Math.Tanh(Math.Atanh(r) + half), 0.95, "Fisher, Bonett and Wright");
    }

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ToArray();
        var ranks = new double[order.Length];
        for (var start = 0; start < order.Length;)
        {
            var end = start;
            while (end + 1 < order.Length && values[order[end + 1]] == values[order[start]])
            {
                end++;
            }

            for (var i = start; i <= end; i++)
            {
                ranks[order[i]] = (start + end) / 2.0;
            }

            start = end + 1;
        }

        return ranks;
    }
}
