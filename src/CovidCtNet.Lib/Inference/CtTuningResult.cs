namespace CovidCtNet.Lib.Inference;

/// <summary>How fast one setting was.</summary>
/// <param name="Options">The options, with their threads and batch size.</param>
/// <param name="SlicesPerSecond">Slices classified in a second, preprocessing included, in the best round.</param>
public sealed record CtTuningResult(CovidCtModelOptions Options, double SlicesPerSecond);
