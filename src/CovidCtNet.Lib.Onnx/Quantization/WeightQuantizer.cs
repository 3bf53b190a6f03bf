namespace CovidCtNet.Lib.Onnx.Quantization;

/// <summary>Rounds a weight to 8 bits, symmetric around 0, with one scale for each output channel or one for all.</summary>
internal sealed class WeightQuantizer
{
    /// <summary>A quarter of the range of the 32-bit sums may go to the bias.</summary>
    private const double LargestBias = 1 << 29;

    private readonly float[] _weight;
    private readonly int _channels;
    private readonly int _inner;

    private WeightQuantizer(float[] weight, int channels, int inner)
    {
        (_weight, _channels, _inner) = (weight, channels, inner);
        Values = new sbyte[weight.Length];
        Scales = new float[channels];
    }

    /// <summary>The rounded weight, in the layout of the weight.</summary>
    public sbyte[] Values { get; }

    /// <summary>One step per output channel; all alike where one serves all.</summary>
    public float[] Scales { get; }

    /// <param name="weight">The weight.</param>
    /// <param name="channels">Output channels.</param>
    /// <param name="inner">Elements between two neighbours along the axis of output channels.</param>
    /// <param name="bias">Bias per output channel, or empty.</param>
    /// <param name="inputScale">The step of the input.</param>
    /// <param name="options">Bits, and whether channels have scales of their own.</param>
    public static WeightQuantizer Quantize(float[] weight, int channels, int inner, ReadOnlySpan<double> bias, float inputScale, QuantizationOptions options)
    {
        var result = new WeightQuantizer(weight, channels, inner);
        var top = options.WeightBits == 8 ? 127 : 63;
        var largest = new double[channels];
        for (var i = 0; i < weight.Length; i++)
        {
            ref var channel = ref largest[result.ChannelOf(i)];
            channel = Math.Max(channel, Math.Abs(weight[i]));
        }

        for (var c = 0; c < channels; c++)
        {
            // The bias is held in 32 bits in steps of input scale times weight scale: where the weights are tiny, these must not be.
            var least = bias.IsEmpty ? 0 : Math.Abs(bias[c]) / (inputScale * LargestBias);
            result.Scales[c] = (float)Math.Max(largest[c] / top, least);
        }

        if (!options.PerChannelWeights)
        {
            Array.Fill(result.Scales, result.Scales.Max());
        }

        for (var c = 0; c < channels; c++)
        {
            result.Scales[c] = result.Scales[c] >= 1e-30f ? result.Scales[c] : 1;
        }

        for (var i = 0; i < weight.Length; i++)
        {
            result.Values[i] = (sbyte)Math.Clamp(Math.Round((double)weight[i] / result.Scales[result.ChannelOf(i)]), -top, top);
        }

        return result;
    }

    /// <summary>The bias without what rounding the weights adds to each output channel on average.</summary>
    /// <param name="bias">Bias per output channel.</param>
    /// <param name="inputMeans">Mean of each input channel.</param>
    /// <param name="inputChannelOf">The input channel of an element of the weight.</param>
    public double[] Correct(ReadOnlySpan<double> bias, IReadOnlyList<double> inputMeans, Func<int, int> inputChannelOf)
    {
        var corrected = bias.ToArray();
        for (var i = 0; i < _weight.Length; i++)
        {
            var channel = ChannelOf(i);
            corrected[channel] -= (((double)Values[i] * Scales[channel]) - _weight[i]) * inputMeans[inputChannelOf(i)];
        }

        return corrected;
    }

    /// <summary>The bias in steps of input scale times weight scale.</summary>
    public int[] ToSteps(ReadOnlySpan<double> bias, float inputScale)
    {
        var steps = new int[_channels];
        for (var c = 0; c < _channels; c++)
        {
            steps[c] = (int)Math.Clamp(Math.Round(bias[c] / ((double)inputScale * Scales[c])), -int.MaxValue, int.MaxValue);
        }

        return steps;
    }

    private int ChannelOf(int element) => element / _inner % _channels;
}
