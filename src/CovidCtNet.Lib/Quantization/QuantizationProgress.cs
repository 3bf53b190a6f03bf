namespace CovidCtNet.Lib.Quantization;

/// <summary>How far a quantisation has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Slices or layers done in this stage.</param>
/// <param name="Total">All slices or layers of this stage; null while their number is not known.</param>
public readonly record struct QuantizationProgress(QuantizationStage Stage, int Done, int? Total);
