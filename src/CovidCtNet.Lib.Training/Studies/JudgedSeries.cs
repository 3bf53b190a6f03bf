namespace CovidCtNet.Lib.Training.Studies;

/// <summary>A scan group taken as a series.</summary>
/// <param name="Group">Its name.</param>
/// <param name="Positive">Whether it is of the positive class.</param>
/// <param name="Slices">How many slices it has.</param>
/// <param name="Probability">Its probability by the fitted rule, in [0, 1].</param>
public sealed record JudgedSeries(string Group, bool Positive, int Slices, double Probability);
