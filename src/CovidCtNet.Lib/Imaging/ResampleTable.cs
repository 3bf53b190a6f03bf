using System.Collections.Concurrent;
using System.Numerics;

namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// The weights that make one line of pixels longer or shorter: a triangle filter, widened by the reduction factor so that it averages
/// instead of skipping pixels (anti-aliasing). The same weights as Pillow's <c>Image.resize(BILINEAR)</c>.
/// </summary>
internal sealed class ResampleTable
{
    // Slices of a scanner share a few sizes. An application that sees thousands of sizes makes tables, it does not hoard them.
    private const int MaximumCached = 1024;
    private static readonly ConcurrentDictionary<(int From, int To), ResampleTable> Cache = new();

    private readonly int[] _first;
    private readonly int[] _count;
    private readonly float[] _weights;
    private readonly int _stride;

    private ResampleTable(int from, int to)
    {
        var scale = (double)from / to;
        var support = Math.Max(1.0, scale);
        var most = ((int)Math.Ceiling(support) * 2) + 1;
        _stride = (most + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        _first = new int[to];
        _count = new int[to];
        _weights = new float[to * _stride];
        var line = new double[_stride];
        for (var i = 0; i < to; i++)
        {
            var center = (i + 0.5) * scale;
            var first = Math.Max(0, (int)(center - support + 0.5));
            var count = Math.Min(from, (int)(center + support + 0.5)) - first;
            var sum = 0.0;
            for (var k = 0; k < count; k++)
            {
                line[k] = Math.Max(0, 1 - Math.Abs((first + k - center + 0.5) / support));
                sum += line[k];
            }

            for (var k = 0; k < count; k++)
            {
                _weights[(i * _stride) + k] = (float)(line[k] / sum);
            }

            _first[i] = first;
            _count[i] = count;
        }
    }

    public static ResampleTable Of(int from, int to)
    {
        if (Cache.TryGetValue((from, to), out var table))
        {
            return table;
        }

        table = new ResampleTable(from, to);
        if (Cache.Count < MaximumCached)
        {
            Cache.TryAdd((from, to), table);
        }

        return table;
    }

    /// <summary>Weights from one target pixel to the next in <see cref="PaddedWeights"/>: whole vectors.</summary>
    public int Stride => _stride;

    /// <summary>The weights of all target pixels, each followed by zeros up to <see cref="Stride"/>.</summary>
    public ReadOnlySpan<float> PaddedWeights => _weights;

    /// <summary>The first source pixel of each target pixel.</summary>
    public ReadOnlySpan<int> First => _first;

    /// <summary>The first source pixel of a target pixel, and the weights from there on.</summary>
    public int Taps(int target, out ReadOnlySpan<float> weights)
    {
        weights = _weights.AsSpan(target * _stride, _count[target]);
        return _first[target];
    }
}
