namespace CovidCtNet.Lib.Training.Runs;

/// <summary>A slice with the network's answer: a line of <c>scores.csv</c>.</summary>
/// <param name="Path">The file.</param>
/// <param name="Positive">Its label.</param>
/// <param name="Group">Its scan or patient, where known.</param>
/// <param name="Side">"validation" or "test".</param>
/// <param name="Logit">Logit of the positive class.</param>
/// <param name="Probability">Calibrated probability of the positive class.</param>
public sealed record ScoredSlice(string Path, bool Positive, string? Group, string Side, double Logit, double Probability);
