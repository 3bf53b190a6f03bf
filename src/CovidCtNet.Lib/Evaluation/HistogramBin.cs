namespace CovidCtNet.Lib.Evaluation;

/// <summary>One bin of a score histogram.</summary>
/// <param name="Lower">Lower edge, inside the bin.</param>
/// <param name="Upper">Upper edge, outside the bin (inside the last one).</param>
/// <param name="Positives">Weight (number, if unweighted) of the positives in the bin.</param>
/// <param name="Negatives">Weight (number, if unweighted) of the negatives in the bin.</param>
public readonly record struct HistogramBin(double Lower, double Upper, double Positives, double Negatives);
