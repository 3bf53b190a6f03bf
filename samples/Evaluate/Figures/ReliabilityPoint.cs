using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Samples.Evaluate.Figures;

/// <summary>A bin of the reliability curve with the Wilson interval of its frequency.</summary>
internal sealed record ReliabilityPoint(ReliabilityBin Bin, Interval Frequency);
