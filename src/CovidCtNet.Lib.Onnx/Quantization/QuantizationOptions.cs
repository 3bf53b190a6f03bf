namespace CovidCtNet.Lib.Onnx;

/// <summary>How a network becomes 8 bits wide.</summary>
public sealed record QuantizationOptions
{
    /// <summary>The options used where none are given.</summary>
    public static QuantizationOptions Default { get; } = new();

    /// <summary>How ranges follow from the values seen. Default: <see cref="CalibrationMethod.Percentile"/>.</summary>
    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.Percentile;

    /// <summary>The share of values that <see cref="CalibrationMethod.Percentile"/> keeps, above 50 to 100, in percent. Default: 99.999.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Percentile
    {
        get;
        init
        {
            if (value is not (> 50 and <= 100))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The percentile must be above 50 and at most 100.");
            }

            field = value;
        }
    } = 99.999;

    /// <summary>One scale for each filter of a weight, in place of one for all. Default: true.</summary>
    public bool PerChannelWeights { get; init; } = true;

    /// <summary>
    /// Bits of a weight, 7 or 8. Processors without VNNI or dot-product instructions add pairs of 8-bit products in 16 bits, which can
    /// overflow; 7 bits cannot. Default: 8.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int WeightBits
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 7);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 8);
            field = value;
        }
    } = 8;

    /// <summary>Whether the mean error that rounding the weights makes is taken out of the bias (Nagel et al., arXiv 1906.04721, section 4.2). Default: true.</summary>
    public bool CorrectBiases { get; init; } = true;

    /// <summary>Whether channels of neighbouring convolutions are brought to one range (Nagel et al., arXiv 1906.04721, section 4.1). Default: false.</summary>
    public bool EqualizeLayers { get; init; }

    /// <summary>
    /// Whether batch normalisations that no convolution can take up become 1x1 depthwise convolutions, which run in 8 bits. Default: true.
    /// </summary>
    public bool ConvertNormalizations { get; init; } = true;

    /// <summary>
    /// Whether a convolution with stride 2 of an input with few channels becomes one without stride of four times the channels, each a
    /// quarter of the pixels: the same function, in the form that integer kernels are fast in. Default: true.
    /// </summary>
    public bool ConvertStems { get; init; } = true;

    /// <summary>Whether the last matrix product before each output stays in float: it costs little time and decides. Default: true.</summary>
    public bool KeepHeadInFloat { get; init; } = true;

    /// <summary>Names of nodes that stay in float.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public IReadOnlyCollection<string> FloatNodes
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = [];
}
