using System.Collections.Concurrent;
using System.Numerics.Tensors;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>The input of a graph, [N, C, H, W], and how a slice fills it.</summary>
/// <param name="name">Name of the input.</param>
/// <param name="channels">C; every channel shows the same gray slice.</param>
/// <param name="preprocessing">How a slice becomes a plane H x W.</param>
/// <param name="normalization">Normalisation of each channel in place of that of the preprocessing; null for none.</param>
internal sealed class GraphInput(string name, int channels, CtPreprocessing preprocessing, IReadOnlyList<ChannelNormalization>? normalization)
{
    // As many as a few callers at a time need: more are left to the garbage collector.
    private const int MostIdle = 32;
    private readonly ConcurrentQueue<float[]> _idle = [];
    private readonly CtPreprocessing _fit = normalization is null ? preprocessing : preprocessing with { Mean = 0, StandardDeviation = 1 };

    public string Name => name;

    public int Channels => channels;

    public int Width => preprocessing.Width;

    public int Height => preprocessing.Height;

    public int Plane => Width * Height;

    public int Length => channels * Plane;

    public CtPlacement Place(CtImage image) => preprocessing.Place(image);

    public long[] Shape(int samples) => [samples, channels, Height, Width];

    /// <summary>Values of one slice, of any content. Arrays of this size come from memory that only a whole collection frees, so they are used again.</summary>
    public float[] Rent() => _idle.TryDequeue(out var values) ? values : GC.AllocateUninitializedArray<float>(Length);

    /// <summary>Takes back what <see cref="Rent"/> gave; nothing may read it any more.</summary>
    public void Return(float[] values)
    {
        if (_idle.Count < MostIdle)
        {
            _idle.Enqueue(values);
        }
    }

    /// <summary>The value that an intensity in [0, 1] has in a channel.</summary>
    public float ValueOf(float intensity, int channel) => normalization is null
        ? (intensity - preprocessing.Mean) / preprocessing.StandardDeviation
        : (intensity - normalization[channel].Mean) / normalization[channel].StandardDeviation;

    /// <summary>Writes one slice, C x H x W, and says where it lies.</summary>
    public CtPlacement Write(CtImage image, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        var first = destination[..Plane];
        var placement = _fit.Write(image, first);
        for (var channel = channels - 1; channel >= 0; channel--)
        {
            var target = destination.Slice(channel * Plane, Plane);
            if (channel > 0)
            {
                first.CopyTo(target);
            }

            if (normalization is not null)
            {
                TensorPrimitives.Subtract(target, normalization[channel].Mean, target);
                TensorPrimitives.Divide(target, normalization[channel].StandardDeviation, target);
            }
        }

        return placement;
    }

    /// <summary>The input of one slice, C x H x W.</summary>
    public float[] Of(CtImage image)
    {
        var values = new float[Length];
        Write(image, values);
        return values;
    }

    /// <summary>Mean of each channel over the part that shows the slice.</summary>
    public float[] Means(ReadOnlySpan<float> input, CtPlacement placement)
    {
        var means = new float[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var sum = 0.0;
            for (var y = placement.OffsetY; y < placement.OffsetY + placement.Height; y++)
            {
                sum += TensorPrimitives.Sum(input.Slice((channel * Plane) + (y * Width) + placement.OffsetX, placement.Width));
            }

            means[channel] = (float)(sum / ((double)placement.Width * placement.Height));
        }

        return means;
    }

    /// <summary>The input with another content everywhere: an intensity, the channels' means, or a blurred copy.</summary>
    public float[] Filled(ReadOnlySpan<float> input, CtPlacement placement, OcclusionFill fill, double blur)
    {
        var filled = new float[Length];
        var means = fill == OcclusionFill.Mean ? Means(input, placement) : [];
        for (var channel = 0; channel < channels; channel++)
        {
            var target = filled.AsSpan(channel * Plane, Plane);
            switch (fill)
            {
                case OcclusionFill.Zero:
                    target.Fill(ValueOf(0, channel));
                    break;
                case OcclusionFill.Mean:
                    target.Fill(means[channel]);
                    break;
                default:
                    GaussianBlur.Apply(input.Slice(channel * Plane, Plane), Width, Height, blur).CopyTo(target);
                    break;
            }
        }

        return filled;
    }

    /// <summary>Sum over the channels: the derivative by a gray value that fills all of them.</summary>
    public float[] SumChannels(ReadOnlySpan<float> values)
    {
        var sum = values[..Plane].ToArray();
        for (var channel = 1; channel < channels; channel++)
        {
            TensorPrimitives.Add(sum, values.Slice(channel * Plane, Plane), sum);
        }

        return sum;
    }
}
