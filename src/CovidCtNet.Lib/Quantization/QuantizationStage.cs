namespace CovidCtNet.Lib.Quantization;

/// <summary>The parts of a quantisation, in their order.</summary>
public enum QuantizationStage
{
    /// <summary>Slices go through the float network.</summary>
    Calibrating,

    /// <summary>Layers are quantised one at a time.</summary>
    MeasuringSensitivity,

    /// <summary>Slices go through both networks.</summary>
    MeasuringErrors,
}
