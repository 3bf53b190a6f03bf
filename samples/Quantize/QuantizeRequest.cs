using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Quantization;

namespace CovidCtNet.Samples.Quantize;

/// <summary>What the command line asks for.</summary>
internal sealed record QuantizeRequest
{
    /// <summary>The float32 model, or null for the default model.</summary>
    public required string? ModelPath { get; init; }

    /// <summary>What the model becomes: int8 or float16.</summary>
    public required ModelPrecision Precision { get; init; }

    /// <summary>Folder or list of the slices that ranges are found on; null for float16, which needs none.</summary>
    public required SliceSource? Calibration { get; init; }

    /// <summary>Folder or list of the labelled slices that decide whether the model is good enough.</summary>
    public required SliceSource Validation { get; init; }

    /// <summary>Folder or list of labelled slices that are reported on and decide nothing; or null.</summary>
    public required SliceSource? Report { get; init; }

    /// <summary>Whether the float32 model was trained on these slices, so that the figures are named so.</summary>
    public required bool Seen { get; init; }

    /// <summary>The file to write.</summary>
    public required string OutputPath { get; init; }

    /// <summary>A CSV of errors by layer, or null.</summary>
    public required string? LayersPath { get; init; }

    /// <summary>Slices to calibrate with.</summary>
    public required int CalibrationSlices { get; init; }

    /// <summary>The most AUC that may be lost.</summary>
    public required double MaximumAucLoss { get; init; }

    /// <summary>The least share of slices that must keep their label.</summary>
    public required double MinimumAgreement { get; init; }

    /// <summary>Turns of each network when speed is measured.</summary>
    public required int Turns { get; init; }

    /// <summary>How to quantise.</summary>
    public required ModelQuantizationOptions Options { get; init; }
}
