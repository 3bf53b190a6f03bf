using CovidCtNet.Lib.Explanation.Agreement;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>Runs one window in nine and predicts the others from them.</summary>
internal static class FastOcclusion
{
    private const double CoarseShare = 0.6;
    private const int RefinementBatch = 8;
    private const int FewestWindows = 16;

    public static (double[] Drops, OcclusionError? Error) Run(OcclusionGrid grid, Occluder occluder, Action<double> progress)
    {
        var budget = grid.Count / OcclusionMaps.FastShare;
        if (budget < FewestWindows)
        {
            // So few windows are no trouble, and too few to predict from.
            return (occluder.Run([.. Enumerable.Range(0, grid.Count)], progress), null);
        }

        List<int> known = Coarse(grid, (int)(budget * CoarseShare));
        List<double> values = [.. occluder.Run(known, null)];
        List<(double Predicted, double Run)> compared = [];
        var points = Enumerable.Range(0, grid.Count).Select(w => ((double)grid[w].X, (double)grid[w].Y)).ToArray();
        while (true)
        {
            progress((double)known.Count / budget);
            var process = GaussianProcess.Fit([.. known.Select(w => points[w])], [.. values], grid.Patch);
            var (mean, deviation) = process.Predict(points);
            if (known.Count >= budget)
            {
                for (var i = 0; i < known.Count; i++)
                {
                    mean[known[i]] = values[i];
                }

                return (mean, Error(compared, known.Count, grid.Count));
            }

            // High and unsure first; half of each batch merely unsure, so that the comparison sees more than the peaks.
            var fresh = Choose(mean, deviation, known, Math.Min(RefinementBatch, budget - known.Count));
            var run = occluder.Run(fresh, null);
            for (var i = 0; i < fresh.Count; i++)
            {
                compared.Add((mean[fresh[i]], run[i]));
            }

            known.AddRange(fresh);
            values.AddRange(run);
        }
    }

    /// <summary>An even lattice of about that many windows, with the outermost ones.</summary>
    private static List<int> Coarse(OcclusionGrid grid, int count)
    {
        var (columns, rows) = (grid.Columns.Length, grid.Rows.Length);
        var across = Math.Clamp((int)Math.Sqrt((double)count * columns / rows), 2, columns);
        var down = Math.Clamp(count / across, 2, rows);
        SortedSet<int> windows = [];
        for (var j = 0; j < down; j++)
        {
            for (var i = 0; i < across; i++)
            {
                windows.Add(((int)Math.Round(j * (rows - 1.0) / (down - 1)) * columns) + (int)Math.Round(i * (columns - 1.0) / (across - 1)));
            }
        }

        return [.. windows];
    }

    private static List<int> Choose(double[] mean, double[] deviation, List<int> known, int count)
    {
        var taken = known.ToHashSet();
        List<int> chosen = [];
        for (var n = 0; n < count; n++)
        {
            var wantsPeak = n % 2 == 0;
            var best = -1;
            var highest = double.NegativeInfinity;
            for (var w = 0; w < mean.Length; w++)
            {
                var worth = wantsPeak ? Math.Max(0, mean[w]) * deviation[w] : deviation[w];
                if (!taken.Contains(w) && worth > highest)
                {
                    (best, highest) = (w, worth);
                }
            }

            taken.Add(best);
            chosen.Add(best);
        }

        return chosen;
    }

    private static OcclusionError? Error(List<(double Predicted, double Run)> compared, int run, int exact)
    {
        if (compared.Count == 0)
        {
            return null;
        }

        var squares = compared.Sum(c => (c.Predicted - c.Run) * (c.Predicted - c.Run));
        var correlation = Correlation.Spearman([.. compared.Select(c => c.Predicted)], [.. compared.Select(c => c.Run)]);
        return new OcclusionError(compared.Count, Math.Sqrt(squares / compared.Count), correlation, run, exact);
    }
}
