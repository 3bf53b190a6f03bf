using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

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
            var bits = part.Bits;
            for (var i = 0; i < bits.Length; i++)
            {
                bits[i] = labels[i] == largest;
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
            for (var x = 0; x < _width; x++)
            {
                open[labels[x]] = open[labels[((_height - 1) * _width) + x]] = true;
            }

            for (var y = 0; y < _height; y++)
            {
                open[labels[y * _width]] = open[labels[(y * _width) + _width - 1]] = true;
            }

            // What is set has label 0 and is no hole.
            open[0] = true;
            var holes = new BinaryMask(_width, _height);
            var bits = holes.Bits;
            for (var i = 0; i < bits.Length; i++)
            {
                bits[i] = !open[labels[i]];
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
        using var eroded = Eroded();
        return eroded.Dilated();
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
            var keep = new bool[sizes.Count + 1];
            for (var label = 1; label < keep.Length; label++)
            {
                keep[label] = sizes[label - 1] >= least;
            }

            var kept = new BinaryMask(_width, _height);
            var bits = kept.Bits;
            for (var i = 0; i < bits.Length; i++)
            {
                bits[i] = keep[labels[i]];
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
        for (var y = 0; y < _height; y++)
        {
            var row = Bits.Slice(y * _width, _width);
            var first = row.IndexOf(true);
            if (first >= 0)
            {
                (left, right) = (Math.Min(left, first), Math.Max(right, row.LastIndexOf(true)));
                (top, bottom) = (Math.Min(top, y), y);
            }
        }

        return right < 0 ? default : new CtRegion(left, top, right - left + 1, bottom - top + 1);
    }

    // Every pixel of the cross must be set, and outside the picture nothing is: the outermost pixels go.
    private BinaryMask Eroded()
    {
        var result = new BinaryMask(_width, _height);
        for (var y = 1; y < _height - 1 && _width > 2; y++)
        {
            var inner = _width - 2;
            var target = result.Row(y)[1..^1];
            TensorPrimitives.BitwiseAnd(Row(y)[..inner], Row(y)[2..], target);
            TensorPrimitives.BitwiseAnd(target, Row(y)[1..^1], target);
            TensorPrimitives.BitwiseAnd(target, Row(y - 1)[1..^1], target);
            TensorPrimitives.BitwiseAnd(target, Row(y + 1)[1..^1], target);
        }

        return result;
    }

    // One pixel of the cross is enough.
    private BinaryMask Dilated()
    {
        var result = new BinaryMask(_width, _height);
        for (var y = 0; y < _height; y++)
        {
            var target = result.Row(y);
            Row(y).CopyTo(target);
            Join(target[1..], Row(y)[..^1]);
            Join(target[..^1], Row(y)[1..]);
            if (y > 0)
            {
                Join(target, Row(y - 1));
            }

            if (y < _height - 1)
            {
                Join(target, Row(y + 1));
            }
        }

        return result;

        static void Join(Span<byte> target, ReadOnlySpan<byte> others) => TensorPrimitives.BitwiseOr(target, others, target);
    }

    private Span<byte> Row(int y) => MemoryMarshal.AsBytes(Bits.Slice(y * _width, _width));

    // Labels from 1 for the connected parts of one value, in the order of their first pixels, 0 elsewhere; gives the size of each part.
    private List<int> Label(int[] labels, bool value)
    {
        // No row has more runs than every second pixel and one.
        var most = ((_width / 2) + 1) * _height;
        var runs = ArrayPool<(int Start, int End, int Number)>.Shared.Rent(most);
        var parents = ArrayPool<int>.Shared.Rent(most + 1);
        try
        {
            var (count, runCount) = Join(runs, parents, value);

            // A part's first run has its lowest number, so that numbers in use keep their order when they close up.
            var sizes = new List<int>();
            for (var number = 1; number <= count; number++)
            {
                var root = parents[number];
                if (root == number)
                {
                    sizes.Add(0);
                    parents[number] = sizes.Count;
                }
                else
                {
                    parents[number] = parents[root];
                }
            }

            var counts = CollectionsMarshal.AsSpan(sizes);
            labels.AsSpan(0, Bits.Length).Clear();
            foreach (var (start, end, number) in runs.AsSpan(0, runCount))
            {
                var label = parents[number];
                labels.AsSpan(start, end - start).Fill(label);
                counts[label - 1] += end - start;
            }

            return sizes;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(parents);
            ArrayPool<(int Start, int End, int Number)>.Shared.Return(runs);
        }
    }

    // Numbers the runs of each row by those above that they touch, and notes which numbers turn out to be one part; a number's parent is the
    // lowest of its part.
    private (int Numbers, int Runs) Join((int Start, int End, int Number)[] runs, int[] parents, bool value)
    {
        var (count, runCount, above) = (0, 0, 0);
        for (var y = 0; y < _height; y++)
        {
            var firstOfRow = runCount;
            var row = y * _width;
            for (var start = Next(row, row + _width, value); start < row + _width;)
            {
                var end = Next(start, row + _width, !value);
                while (above < firstOfRow && runs[above].End + _width <= start)
                {
                    above++;
                }

                var number = 0;
                for (var i = above; i < firstOfRow && runs[i].Start + _width < end; i++)
                {
                    var other = Root(runs[i].Number);
                    if (number != 0)
                    {
                        parents[Math.Max(number, other)] = Math.Min(number, other);
                        other = Math.Min(number, other);
                    }

                    number = other;
                }

                if (number == 0)
                {
                    number = ++count;
                    parents[number] = number;
                }

                runs[runCount++] = (start, end, number);
                start = Next(end, row + _width, value);
            }

            above = firstOfRow;
        }

        for (var number = 1; number <= count; number++)
        {
            parents[number] = parents[parents[number]];
        }

        return (count, runCount);

        int Root(int number)
        {
            while (parents[number] != number)
            {
                number = parents[number] = parents[parents[number]];
            }

            return number;
        }
    }

    // The first pixel of a value from one place on, or the end.
    private int Next(int start, int end, bool value)
    {
        var found = Bits[start..end].IndexOf(value);
        return found < 0 ? end : start + found;
    }
}
