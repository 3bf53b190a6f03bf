using CovidCtNet.Lib.Onnx.Quantization;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// Statistics of a network's tensors over the slices it is calibrated on. This library runs no network: whoever does feeds the values of
/// <see cref="GraphQuantizer.TensorsToCalibrate"/> in, batch by batch. Memory does not grow with the number of batches. Not thread-safe.
/// </summary>
public sealed class CalibrationStatistics
{
    private readonly Dictionary<string, TensorStatistics> _tensors = new(StringComparer.Ordinal);

    /// <summary>Names of the tensors that were seen.</summary>
    public IReadOnlyCollection<string> TensorNames => _tensors.Keys;

    /// <summary>Adds the values of one tensor from one run.</summary>
    /// <param name="tensorName">Name of the tensor.</param>
    /// <param name="values">Its values, row-major; an empty tensor adds nothing.</param>
    /// <param name="dimensions">Its sizes, batch first, channels second.</param>
    /// <exception cref="ArgumentException">The sizes do not hold the values.</exception>
    /// <exception cref="OnnxException">A value is not finite.</exception>
    public void Add(string tensorName, ReadOnlySpan<float> values, params ReadOnlySpan<long> dimensions)
    {
        ArgumentException.ThrowIfNullOrEmpty(tensorName);
        long count = 1;
        foreach (var size in dimensions)
        {
            count = checked(count * size);
        }

        if (count != values.Length)
        {
            throw new ArgumentException($"Tensor '{tensorName}': {values.Length} values do not fill the shape [{string.Join(", ", dimensions.ToArray())}].", nameof(values));
        }

        if (values.IsEmpty)
        {
            return;
        }

        if (!_tensors.TryGetValue(tensorName, out var statistics))
        {
            _tensors.Add(tensorName, statistics = new TensorStatistics());
        }

        if (!statistics.Add(values, dimensions))
        {
            throw new OnnxException($"Tensor '{tensorName}' has a value that is not finite; look for damaged weights or a damaged slice.");
        }
    }

    /// <summary>The range of a tensor.</summary>
    /// <param name="tensorName">Name of the tensor.</param>
    /// <param name="method">How the range follows from the values.</param>
    /// <param name="percentile">For <see cref="CalibrationMethod.Percentile"/>: the share of values kept, above 50 to 100, in percent.</param>
    /// <exception cref="OnnxException">The tensor was not seen.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percentile"/> is out of range.</exception>
    public QuantizationRange RangeOf(string tensorName, CalibrationMethod method, double percentile = 99.999)
    {
        if (percentile is not (> 50 and <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "The percentile must be above 50 and at most 100.");
        }

        return Require(tensorName).Range(method, percentile);
    }

    /// <summary>The mean of each channel (axis 1) of a tensor.</summary>
    /// <exception cref="OnnxException">The tensor was not seen.</exception>
    public IReadOnlyList<double> ChannelMeansOf(string tensorName) => Require(tensorName).ChannelMeans;

    private TensorStatistics Require(string tensorName) =>
        _tensors.GetValueOrDefault(tensorName)
            ?? throw new OnnxException($"Tensor '{tensorName}' was not calibrated. Run the prepared graph with every tensor of GraphQuantizer.TensorsToCalibrate as an output, and add the values.");
}
