namespace CovidCtNet.Lib.Imaging;

/// <summary>A small black-and-white picture and what is asked of it to find lungs. Neighbours are the four beside a pixel.</summary>
internal sealed class BinaryMask(int width, int height)
{
    public bool[] Bits { get; } = new bool[width * height];

    public int Count => Bits.Count(b => b);

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
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x += y == 0 || y == height - 1 || width == 1 ? 1 : width - 1)
            {
                all++;
                set += Bits[(y * width) + x] ? 1 : 0;
            }
        }

        return (double)set / all;
    }

    /// <summary>The largest connected part, or null where nothing is set.</summary>
    public BinaryMask? LargestPart()
    {
        var (labels, sizes) = Label(Bits, true);
        return sizes.Count == 0 ? null : Where(labels, sizes.IndexOf(sizes.Max()) + 1);
    }

    /// <summary>What is not set and does not reach the border without crossing something set.</summary>
    public BinaryMask Holes()
    {
        var (labels, sizes) = Label(Bits, false);
        var open = new bool[sizes.Count + 1];
        for (var i = 0; i < labels.Length; i++)
        {
            var (x, y) = (i % width, i / width);
            if (x == 0 || y == 0 || x == width - 1 || y == height - 1)
            {
                open[labels[i]] = true;
            }
        }

        var holes = new BinaryMask(width, height);
        for (var i = 0; i < labels.Length; i++)
        {
            holes.Bits[i] = labels[i] > 0 && !open[labels[i]];
        }

        return holes;
    }

    /// <summary>Morphological opening with the cross of five pixels: single pixels and thin bridges go.</summary>
    public BinaryMask Opened() => Filtered(all: true).Filtered(all: false);

    /// <summary>The connected parts of at least so many pixels and at least that share of the largest, or null where there are none.</summary>
    public BinaryMask? Parts(double leastPixels, double leastOfLargest)
    {
        var (labels, sizes) = Label(Bits, true);
        if (sizes.Count == 0)
        {
            return null;
        }

        var least = Math.Max(leastPixels, leastOfLargest * sizes.Max());
        var kept = new BinaryMask(width, height);
        for (var i = 0; i < labels.Length; i++)
        {
            kept.Bits[i] = labels[i] > 0 && sizes[labels[i] - 1] >= least;
        }

        return kept;
    }

    /// <summary>The smallest box around what is set; empty where nothing is.</summary>
    public CtRegion Bounds()
    {
        var (left, top, right, bottom) = (width, height, -1, -1);
        for (var i = 0; i < Bits.Length; i++)
        {
            if (Bits[i])
            {
                var (x, y) = (i % width, i / width);
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
            }
        }

        return right < 0 ? default : new CtRegion(left, top, right - left + 1, bottom - top + 1);
    }

    // Erosion where every pixel of the cross must be set, dilation where one is enough; outside the picture nothing is set.
    private BinaryMask Filtered(bool all)
    {
        var result = new BinaryMask(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var set = (At(x, y) ? 1 : 0) + (At(x - 1, y) ? 1 : 0) + (At(x + 1, y) ? 1 : 0) + (At(x, y - 1) ? 1 : 0) + (At(x, y + 1) ? 1 : 0);
                result.Bits[(y * width) + x] = all ? set == 5 : set > 0;
            }
        }

        return result;
    }

    private bool At(int x, int y) => x >= 0 && y >= 0 && x < width && y < height && Bits[(y * width) + x];

    private BinaryMask Where(int[] labels, int label)
    {
        var mask = new BinaryMask(width, height);
        for (var i = 0; i < labels.Length; i++)
        {
            mask.Bits[i] = labels[i] == label;
        }

        return mask;
    }

    // Labels from 1 for the connected parts of one value, 0 elsewhere, and the size of each.
    private (int[] Labels, List<int> Sizes) Label(bool[] bits, bool value)
    {
        var labels = new int[bits.Length];
        var sizes = new List<int>();
        var open = new Stack<int>();
        for (var start = 0; start < bits.Length; start++)
        {
            if (bits[start] != value || labels[start] != 0)
            {
                continue;
            }

            var (label, size) = (sizes.Count + 1, 0);
            labels[start] = label;
            open.Push(start);
            while (open.TryPop(out var at))
            {
                size++;
                var (x, y) = (at % width, at / width);
                Visit(x - 1, y);
                Visit(x + 1, y);
                Visit(x, y - 1);
                Visit(x, y + 1);
            }

            sizes.Add(size);

            void Visit(int x, int y)
            {
                if (x < 0 || y < 0 || x >= width || y >= height)
                {
                    return;
                }

                var i = (y * width) + x;
                if (bits[i] == value && labels[i] == 0)
                {
                    labels[i] = label;
                    open.Push(i);
                }
            }
        }

        return (labels, sizes);
    }
}
