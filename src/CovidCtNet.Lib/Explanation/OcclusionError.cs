namespace CovidCtNet.Lib.Explanation;

/// <summary>
/// What is known about the error of a fast occlusion map: windows were predicted from those run before, then run, and compared.
/// </summary>
/// <param name="CheckedWindows">Windows that were compared.</param>
/// <param name="RootMeanSquare">Root mean square of the differences, in log-odds.</param>
/// <param name="RankCorrelation">Spearman's correlation of predicted and run windows, in [-1, 1]; NaN where it is undefined.</param>
/// <param name="WindowsRun">Windows that were run in all.</param>
/// <param name="WindowsExact">Windows that the exact mode runs.</param>
public sealed record OcclusionError(int CheckedWindows, double RootMeanSquare, double RankCorrelation, int WindowsRun, int WindowsExact);
