namespace CovidCtNet.Lib.Onnx;

/// <summary>How the range of a tensor follows from the values that were seen.</summary>
public enum CalibrationMethod
{
    /// <summary>The lowest and the highest value.</summary>
    MinMax,

    /// <summary>Cuts a share of the values off, so that a few outliers do not coarsen all others.</summary>
    Percentile,

    /// <summary>
    /// The cut at which the distribution of the quantised values tells most about that of the values, by Kullback-Leibler divergence
    /// (S. Migacz, "8-bit inference with TensorRT", GTC 2017).
    /// </summary>
    Entropy,
}
