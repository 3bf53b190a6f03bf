namespace CovidCtNet.Lib.Explanation.Agreement;

/// <summary>Correlation of two lists of values.</summary>
public static class Correlation
{
    /// <summary>Pearson's correlation, in [-1, 1]; NaN where one list does not vary.</summary>
    /// <param name="first">Values.</param>
    /// <param name="second">As many values.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty.</exception>
    public static double Pearson(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        Check(first, second);
        var (meanA, meanB) = (Mean(first), Mean(second));
        var (ab, aa, bb) = (0.0, 0.0, 0.0);
        for (var i = 0; i < first.Length; i++)
        {
            var (a, b) = (first[i] - meanA, second[i] - meanB);
            ab += a * b;
            aa += a * a;
            bb += b * b;
        }

        return aa > 0 && bb > 0 ? Math.Clamp(ab / Math.Sqrt(aa * bb), -1, 1) : double.NaN;
    }

    /// <summary>Spearman's rank correlation, ties with their mean rank, in [-1, 1]; NaN where one list does not vary.</summary>
    /// <inheritdoc cref="Pearson" path="/param"/>
    /// <inheritdoc cref="Pearson" path="/exception"/>
    public static double Spearman(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        Check(first, second);
        return Pearson(Ranks(first), Ranks(second));
    }

    private static double[] Ranks(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        var order = new int[sorted.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(sorted, order);
        var ranks = new double[sorted.Length];
        for (var start = 0; start < sorted.Length;)
        {
            var end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start])
            {
                end++;
            }

            for (var i = start; i < end; i++)
            {
                ranks[order[i]] = (start + end - 1) / 2.0;
            }

            start = end;
        }

        return ranks;
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static void Check(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length || first.IsEmpty)
        {
            throw new ArgumentException($"Two lists of {first.Length} and {second.Length} values cannot be correlated.", nameof(second));
        }
    }
}
