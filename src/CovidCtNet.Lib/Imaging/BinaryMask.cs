using System.Buffers;

namespace CovidCtNet.Lib.Imaging;

/// <summary>A small black-and-white picture and what is asked of it to find lungs. Neighbours are the four beside a pixel.</summary>
/// <remarks>Its pixels are pooled: dispose of it, once.</remarks>
internal sealed class BinaryMask : IDisposable
{
    private readonly int _width;
    private readonly int _height;
    private readonly bool[] _bits;

    public BinaryMask(int width, int height)
    {
        (_width, _height) = (width, height);
        _bits = ArrayPool<bool>.Shared.Rent(width * height);
        Bits.Clear();
    }

    public Span<bool> Bits => _bits.AsSpan(0, _width * _height);

    public int Count => Bits.Count(true);

    public void Dispose() => ArrayPool<bool>.Shared.Return(_bits);

    /// <summary>The threshold in [0, 1] that separates two classes of intensities best (Otsu, 1979): values above it are the bright class.</summary>
    public static float OtsuThreshold(ReadOnlySpan<float> intensity)
    {
        Span<int> histogram = stackalloc int[256];
        histogram.Clear();
        foreach (var value in intensity)
        {
            histogram[(int)Math.Clamp(value * 255f, 0, 255)]++;
        }

        double total = 0;
        for (var level = 0; level < 256; level++)
        {
            total += level * (double)histogram[level];
        }

        var (count, sum, best, threshold) = (0.0, 0.0, -1.0, 0);
        for (var level = 0; level < 255; level++)
        {
            count += histogram[level];
            sum += level * (double)histogram[level];
            var rest = intensity.Length - count;
            if (count == 0 || rest == 0)
            {
                continue;
            }

            var gap = (sum / count) - ((total - sum) / rest);
            var between = count * rest * gap * gap;
            if (between > best)
            {
                (best, threshold) = (between, level);
            }
        }

        return (threshold + 1) / 255f;
    }

    /// <summary>Share of the outermost pixels that are set.</summary>
    public double BorderShare()
    {
        var (set, all) = (0, 0);
        for (var y = 0; y < _height; y++)
        {
            for (var x = 0; x < _width; x += y == 0 || y == _height - 1 || _width == 1 ? 1 : _width - 1)
            {
                all++;
                set += Bits[(y * _width) + x] ? 1 : 0;
            }
        }

        return (double)set / all;
    }

    /// <summary>The largest connected part, or null where nothing is set.</summary>
    public BinaryMask? LargestPart()
    {
        var labels = ArrayPool<int>.Shared.Rent(_bits.Length);
        try
        {
            var sizes = Label(labels, true);
            if (sizes.Count == 0)
            {
                return null;
            }

            var largest = sizes.IndexOf(sizes.Max()) + 1;
            var part = new BinaryMask(_width, _height);
            for (var i = 0; i < part.Bits.Length; i++)
            {
                part.Bits[i] = labels[i] == largest;
            }

            return part;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(labels);
        }
    }

    /// <summary>What is not set and does not reach the border without crossing something set.</summary>
    public BinaryMask Holes()
    {
        var labels = ArrayPool<int>.Shared.Rent(_bits.Length);
        try
        {
            var open = new bool[Label(labels, false).Count + 1];
            var holes = new BinaryMask(_width, _height);
            for (var i = 0; i < holes.Bits.Length; i++)
            {
                var (x, y) = (i % _width, i / _width);
                if (x == 0 || y == 0 || x == _width - 1 || y == _height - 1)
                {
                    open[labels[i]] = true;
                }
            }

            for (var i = 0; i < holes.Bits.Length; i++)
            {
                holes.Bits[i] = labels[i] > 0 && !open[labels[i]];
            }

            return holes;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(labels);
        }
    }

    /// <summary>Morphological opening with the cross of five pixels: single pixels and thin bridges go.</summary>
    public BinaryMask Opened()
    {
        using var eroded = Filtered(all: true);
        return eroded.Filtered(all: false);
    }

    /// <summary>The connected parts of at least so many pixels and at least that share of the largest, or null where there are none.</summary>
    public BinaryMask? Parts(double leastPixels, double leastOfLargest)
    {
        var labels = ArrayPool<int>.Shared.Rent(_bits.Length);
        try
        {
            var sizes = Label(labels, true);
            if (sizes.Count == 0)
            {
                return null;
            }

            var least = Math.Max(leastPixels, leastOfLargest * sizes.Max());
            var kept = new BinaryMask(_width, _height);
            for (var i = 0; i < kept.Bits.Length; i++)
            {
                kept.Bits[i] = labels[i] > 0 && sizes[labels[i] - 1] >= least;
            }

            return kept;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(labels);
        }
    }

    /// <summary>The smallest box around what is set; empty where nothing is.</summary>
    public CtRegion Bounds()
    {
        var (left, top, right, bottom) = (_width, _height, -1, -1);
        for (var i = 0; i < Bits.Length; i++)
        {
            if (Bits[i])
            {
                var (x, y) = (i % _width, i / _width);
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
            }
        }

        return right < 0 ? default : new CtRegion(left, top, right - left + 1, bottom - top + 1);
    }

    // Erosion where every pixel of the cross must be set, dilation where one is enough; outside the picture nothing is set.
    private BinaryMask Filtered(bool all)
    {
        var result = new BinaryMask(_width, _height);
        for (var y = 0; y < _height; y++)
        {
            for (var x = 0; x < _width; x++)
            {
                var set = (At(x, y) ? 1 : 0) + (At(x - 1, y) ? 1 : 0) + (At(x + 1, y) ? 1 : 0) + (At(x, y - 1) ? 1 : 0) + (At(x, y + 1) ? 1 : 0);
                result.Bits[(y * _width) + x] = all ? set == 5 : set > 0;
            }
        }

        return result;
    }

    private bool At(int x, int y) => x >= 0 && y >= 0 && x < _width && y < _height && Bits[(y * _width) + x];

    // Labels from 1 for the connected parts of one value, 0 elsewhere; gives the size of each part.
    private List<int> Label(int[] labels, bool value)
    {
        var bits = Bits;
        labels.AsSpan(0, bits.Length).Clear();
        var sizes = new List<int>();
        var open = ArrayPool<int>.Shared.Rent(bits.Length);
        try
        {
            for (var start = 0; start < bits.Length; start++)
            {
                if (bits[start] != value || labels[start] != 0)
                {
                    continue;
                }

                var (label, size, waiting) = (sizes.Count + 1, 0, 1);
                labels[start] = label;
                open[0] = start;
                while (waiting > 0)
                {
                    var at = open[--waiting];
                    size++;
                    var (x, y) = (at % _width, at / _width);
                    Visit(x > 0, at - 1, label, ref waiting);
                    Visit(x < _width - 1, at + 1, label, ref waiting);
                    Visit(y > 0, at - _width, label, ref waiting);
                    Visit(y < _height - 1, at + _width, label, ref waiting);
                }

                sizes.Add(size);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(open);
        }

        return sizes;

        // Each pixel is labelled when it is found, so it waits once at most.
        void Visit(bool inside, int i, int label, ref int waiting)
        {
            if (inside && _bits[i] == value && labels[i] == 0)
            {
                labels[i] = label;
                open[waiting++] = i;
            }
        }
    }
}
