namespace CovidCtNet.Lib.Explanation.Faithfulness;

/// <summary>How alike the maps of a slice and of its shifted copies are.</summary>
/// <param name="MeanCorrelation">Mean of Pearson's correlations over the shifts, in [-1, 1].</param>
/// <param name="LowestCorrelation">The lowest of them.</param>
/// <param name="LargestProbabilityChange">The largest change of the class's probability.</param>
public sealed record RepeatabilityResult(double MeanCorrelation, double LowestCorrelation, double LargestProbabilityChange);
