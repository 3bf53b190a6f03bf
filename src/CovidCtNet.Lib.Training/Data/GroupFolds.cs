namespace CovidCtNet.Lib.Training.Data;

/// <summary>
/// Deals whole groups into folds that are alike in their shares of the classes, as scikit-learn's <c>StratifiedGroupKFold</c> does:
/// the groups whose class counts differ most go first, each to the fold where it makes the class counts of the folds least unequal.
/// </summary>
public static class GroupFolds
{
    /// <summary>The fold of each slice, from 0.</summary>
    /// <param name="slices">The slices; one without a group stands for itself.</param>
    /// <param name="folds">How many folds, at least 2.</param>
    /// <param name="seed">Decides between groups, and between folds, that are equally good.</param>
    /// <exception cref="DatasetException">There are fewer groups than folds.</exception>
    public static IReadOnlyList<int> Assign(IReadOnlyList<SliceRecord> slices, int folds, int seed)
    {
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        var groups = Enumerable.Range(0, slices.Count)
            .GroupBy(i => slices[i].Group is { } group ? "group:" + group : "slice:" + slices[i].Path, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (Slices: g.ToArray(), Negative: g.Count(i => !slices[i].Positive), Positive: g.Count(i => slices[i].Positive)))
            .ToArray();
        if (groups.Length < folds)
        {
            throw new DatasetException($"{groups.Length} groups cannot be dealt into {folds} folds: use fewer folds, or more scans.");
        }

        new Random(seed).Shuffle(groups);
        var totals = (Negative: Math.Max(1, groups.Sum(g => g.Negative)), Positive: Math.Max(1, groups.Sum(g => g.Positive)));
        var counts = new (double Negative, double Positive)[folds];
        var fold = new int[slices.Count];
        foreach (var group in groups.OrderByDescending(g => Math.Abs(g.Positive - g.Negative)))
        {
            var best = Enumerable.Range(0, folds)
                .MinBy(f => (Unevenness(counts, f, group.Negative / (double)totals.Negative, group.Positive / (double)totals.Positive), counts[f].Negative + counts[f].Positive));
            counts[best].Negative += group.Negative / (double)totals.Negative;
            counts[best].Positive += group.Positive / (double)totals.Positive;
            foreach (var i in group.Slices)
            {
                fold[i] = best;
            }
        }

        return fold;
    }

    // Mean over the classes of the standard deviation, over the folds, of the share of the class that a fold holds.
    private static double Unevenness((double Negative, double Positive)[] counts, int fold, double negative, double positive)
    {
        return (Deviation(c => c.Negative, negative) + Deviation(c => c.Positive, positive)) / 2;

        double Deviation(Func<(double Negative, double Positive), double> of, double added)
        {
            var values = counts.Select((c, f) => of(c) + (f == fold ? added : 0)).ToArray();
            var mean = values.Average();
            return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        }
    }
}
