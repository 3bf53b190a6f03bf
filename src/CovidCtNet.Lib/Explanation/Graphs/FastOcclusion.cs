using CovidCtNet.Lib.Explanation.Agreement;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>Runs an even lattice of windows, an eighth of all, and predicts the others from them.</summary>
/// <remarks>
/// Spending part of the runs on windows that look important was tried and given up: it sharpens the peaks, but the ranks of the whole map,
/// which the mode is judged by, are best served by even cover.
/// </remarks>
internal static class FastOcclusion
{
    // A little above 8, so that fitting and predicting stay within an eighth of the time.
    private const double Saving = 8.25;
    private const int FewestWindows = 16;

    public static (double[] Drops, OcclusionError? Error) Run(OcclusionGrid grid, Occluder occluder, Action<double> progress)
    {
        var budget = (int)(grid.Count / Saving);
        if (budget < FewestWindows)
        {
            // So few windows are no trouble, and too few to predict from.
            return (occluder.Run([.. Enumerable.Range(0, grid.Count)], progress), null);
        }

        int[] known = [.. Lattice(grid, budget)];
        var values = occluder.Run(known, progress);
        var points = Enumerable.Range(0, grid.Count).Select(w => ((double)grid[w].X, (double)grid[w].Y)).ToArray();
        var process = GaussianProcess.Fit([.. known.Select(w => points[w])], values, grid.Patch);
        var drops = process.Predict(points);
        for (var i = 0; i < known.Length; i++)
        {
            drops[known[i]] = values[i];
        }

        return (drops, Error(process.LeftOut(), values, grid.Count));
    }

    /// <summary>An even lattice of at most that many windows, with the outermost ones.</summary>
    private static SortedSet<int> Lattice(OcclusionGrid grid, int count)
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

        return windows;
    }

    private static OcclusionError Error(double[] predicted, double[] run, int exact)
    {
        var squares = predicted.Zip(run).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second));
        return new OcclusionError(run.Length, Math.Sqrt(squares / run.Length), Correlation.Spearman(predicted, run), run.Length, exact);
    }
}
