namespace CovidCtNet.Lib.Evaluation;

/// <summary>One bin of a reliability curve that holds at least one case.</summary>
/// <param name="Lower">Lower edge of the bin, outside it (but 0 and the lowest edge are inside).</param>
/// <param name="Upper">Upper edge of the bin, inside it.</param>
/// <param name="MeanProbability">Weighted mean of the predicted probabilities.</param>
/// <param name="ObservedFrequency">Weighted share of positives.</param>
/// <param name="Positives">Weight (number, if unweighted) of the positives.</param>
/// <param name="Weight">Weight (number, if unweighted) of all cases in the bin.</param>
public readonly record struct ReliabilityBin(
    double Lower,
    double Upper,
    double MeanProbability,
    double ObservedFrequency,
    double Positives,
    double Weight);
