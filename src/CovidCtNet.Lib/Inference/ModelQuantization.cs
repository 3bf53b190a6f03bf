namespace CovidCtNet.Lib.Inference;

/// <summary>How a model of lower precision was made from a float32 one.</summary>
public sealed record ModelQuantization
{
    /// <summary>SHA-256 of the weights of the float32 model.</summary>
    public required string SourceWeightsSha256 { get; init; }

    /// <summary>How the ranges of 8-bit values were found, such as "Percentile 99.999 over 200 slices"; null where none were needed.</summary>
    public required string? Calibration { get; init; }

    /// <summary>Layers with weights that are left in 32-bit floating point.</summary>
    public required int LayersInFloat { get; init; }
}
