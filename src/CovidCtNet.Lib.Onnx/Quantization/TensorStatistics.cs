namespace CovidCtNet.Lib.Onnx.Quantization;

/// <summary>What was seen of one tensor.</summary>
internal sealed class TensorStatistics
{
    private readonly TensorHistogram _histogram = new();
    private double[] _channelSums = [];
    private long _perChannel;

    public float Minimum { get; private set; } = float.PositiveInfinity;

    public float Maximum { get; private set; } = float.NegativeInfinity;

    /// <summary>Mean of each channel: axis 1 where there is one.</summary>
    public double[] ChannelMeans => [.. _channelSums.Select(s => s / _perChannel)];

    /// <returns>Whether all values are finite; nothing is counted where they are not.</returns>
    public bool Add(ReadOnlySpan<float> values, ReadOnlySpan<long> dimensions)
    {
        var (low, high) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var value in values)
        {
            // Both pass a NaN on.
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (!float.IsFinite(low) || !float.IsFinite(high))
        {
            return false;
        }

        Minimum = Math.Min(Minimum, low);
        Maximum = Math.Max(Maximum, high);
        _histogram.Add(values, Math.Max(Math.Abs(low), Math.Abs(high)));
        var channels = dimensions.Length > 1 ? (int)dimensions[1] : 1;
        var rows = dimensions.Length > 1 ? (int)dimensions[0] : 1;
        var inner = values.Length / (rows * channels);
        if (_channelSums.Length == 0)
        {
            _channelSums = new double[channels];
        }

        _perChannel += (long)rows * inner;
        for (var row = 0; row < rows; row++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                double sum = 0;
                foreach (var value in values.Slice(((row * channels) + channel) * inner, inner))
                {
                    sum += value;
                }

                _channelSums[channel] += sum;
            }
        }

        return true;
    }

    public QuantizationRange Range(CalibrationMethod method, double percentile) => method switch
    {
        _ when Minimum > Maximum || _histogram.Width == 0 => default,
        CalibrationMethod.Percentile => Cut(percentile),
        CalibrationMethod.Entropy => EntropyCut.Find(_histogram, Minimum, Maximum),
        _ => new QuantizationRange(Minimum, Maximum),
    };

    private QuantizationRange Cut(double percentile)
    {
        // Half of what is cut lies on each side; a rectified tensor has its low end at 0, which the range holds anyway.
        var cut = (long)((1 - (percentile / 100)) / 2 * _histogram.Count);
        var counts = _histogram.Counts;
        var low = 0;
        for (var below = counts[0]; below <= cut && low < counts.Length - 1; below += counts[low])
        {
            low++;
        }

        var high = counts.Length - 1;
        for (var above = counts[high]; above <= cut && high > low; above += counts[high])
        {
            high--;
        }

        return new QuantizationRange(
            (float)Math.Max(_histogram.Edge(low), Minimum), (float)Math.Min(_histogram.Edge(high + 1), Maximum));
    }
}
