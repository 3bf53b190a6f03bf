namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>A wrong call.</summary>
/// <param name="Case">Index of the case.</param>
/// <param name="Margin">Distance of the score from the threshold: how sure the model was.</param>
/// <param name="Overlay">PNG of the slice with the model's attention; null if there is no picture or no model.</param>
internal sealed record Mistake(int Case, double Margin, byte[]? Overlay);
