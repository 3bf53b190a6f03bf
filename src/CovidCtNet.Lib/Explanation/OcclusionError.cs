namespace CovidCtNet.Lib.Explanation;

/// <summary>
/// What is known about the error of a fast occlusion map: every window that was run, against what the others that were run predict of it.
/// Windows that were not run have nearer neighbours than these, so that the map itself is better than this says.
/// </summary>
/// <param name="CheckedWindows">Windows that were compared.</param>
/// <param name="RootMeanSquare">Root mean square of the differences, in log-odds.</param>
/// <param name="RankCorrelation">Spearman's correlation of predicted and run windows, in [-1, 1]; NaN where it is undefined.</param>
/// <param name="WindowsRun">Windows that were run in all.</param>
/// <param name="WindowsExact">Windows that the exact mode runs.</param>
public sealed record OcclusionError(int CheckedWindows, double RootMeanSquare, double RankCorrelation, int WindowsRun, int WindowsExact);
