using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Quantization;

/// <summary>How a model is quantised.</summary>
public sealed record ModelQuantizationOptions
{
    /// <summary>The options used where none are given.</summary>
    public static ModelQuantizationOptions Default { get; } = new();

    /// <summary>
    /// What becomes of the graph. With <see cref="QuantizationOptions.CorrectBiases"/> the mean error of the logit, over up to 256 slices, is taken out of
    /// the last bias as well.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public QuantizationOptions Graph
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = QuantizationOptions.Default;

    /// <summary>
    /// Layers with weights that are put back into float: those which, quantised alone, change the logit most. Measuring that takes one session
    /// for each layer. Default: 0, nothing is measured.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int FloatLayersBySensitivity
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>Calibration slices that errors and sensitivities are measured on, 1 to 256. Default: 16.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MeasuredSlices
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 256);
            field = value;
        }
    } = 16;

    /// <summary>Threads of a run; 0 leaves it to ONNX Runtime. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int IntraOpThreads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }
}
