namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>A wrong call.</summary>
/// <param name="Case">Index of the case.</param>
/// <param name="Margin">Distance of the score from the threshold: how sure the model was.</param>
/// <param name="Picture">The slice, if possible with the model's attention; null if there is none.</param>
internal sealed record Mistake(int Case, double Margin, CasePicture? Picture);
