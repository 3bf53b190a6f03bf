using System.Numerics.Tensors;

namespace CovidCtNet.Lib.Imaging.Gate;

/// <summary>
/// Measures which side of a slice is the back. Each number changes its sign when the slice is turned upside down, but for a pixel of rounding.
/// </summary>
/// <param name="BoneBelow">Mean row of the brightest twentieth of tissue below that of all tissue, in heights of the lungs.</param>
/// <param name="LungGradient">Spearman's correlation of row and intensity within the lungs, -1 to 1.</param>
/// <param name="Table">Share of columns with something bright apart from the body below the lungs' middle, less that above, -1 to 1.</param>
internal readonly record struct UprightMeter(double BoneBelow, double LungGradient, double Table)
{
    private const int Side = GateMeter.Side;
    private const int FewestPixels = 30;
    private const float Saturated = 0.999f;

    /// <param name="values">Intensities of the slice, <see cref="Side"/> squared.</param>
    /// <param name="bright">Tissue.</param>
    /// <param name="enclosed">Dark pixels with tissue on all four sides.</param>
    public static UprightMeter Measure(float[] values, bool[] bright, bool[] enclosed)
    {
        var lung = WithoutOutside(bright, enclosed);
        int[] pixels = [.. Enumerable.Range(0, lung.Length).Where(i => lung[i])];
        if (pixels.Length < FewestPixels)
        {
            return default;
        }

        // The hundredth pixel from either end: a stray one does not move the limits. Pixels are in order of their rows.
        var (top, bottom) = (pixels[pixels.Length / 100] / Side, pixels[^(1 + (pixels.Length / 100))] / Side);
        return new UprightMeter(
            BoneOf(values, bright, Math.Max(1, bottom - top)),
            GradientOf(values, lung),
            TableOf(bright, (top + bottom) / 2.0));
    }

    /// <summary>Air around the body is enclosed too, by an arm or the table; lungs do not touch it.</summary>
    private static bool[] WithoutOutside(bool[] bright, bool[] enclosed)
    {
        var outside = ReachedFromBorder(bright);
        bool[] inner = [.. enclosed.Zip(outside, (e, o) => e && !o)];

        // Slices cut at the pleura have lungs that touch the border.
        return inner.Count(p => p) >= enclosed.Count(p => p) / 2.0 ? inner : enclosed;
    }

    private static double BoneOf(float[] values, bool[] bright, int height)
    {
        int[] tissue = [.. Enumerable.Range(0, bright.Length).Where(i => bright[i])];
        float[] sorted = [.. tissue.Select(i => values[i]).Order()];
        var bone = Math.Min(sorted[(int)(0.95 * (sorted.Length - 1))], Saturated);
        return (tissue.Where(i => values[i] >= bone).Average(i => i / Side) - tissue.Average(i => i / Side)) / height;
    }

    private static double GradientOf(float[] values, bool[] lung)
    {
        // The rim of a lung is partly chest wall.
        int[] inner = [.. Enumerable.Range(Side, lung.Length - (2 * Side)).Where(i => i % Side is > 0 and < Side - 1 && lung[i] && lung[i - 1] && lung[i + 1] && lung[i - Side] && lung[i + Side])];
        if (inner.Length < FewestPixels)
        {
            return 0;
        }

        double[] rows = [.. inner.Select(i => (double)(i / Side))];
        var ranks = new double[inner.Length];
        int[] order = [.. Enumerable.Range(0, inner.Length).OrderBy(i => values[inner[i]])];
        for (var start = 0; start < order.Length;)
        {
            var end = start;
            while (end < order.Length && values[inner[order[end]]] == values[inner[order[start]]])
            {
                end++;
            }

            for (var i = start; i < end; i++)
            {
                ranks[order[i]] = (start + end - 1) / 2.0;
            }

            start = end;
        }

        Centre(rows);
        Centre(ranks);
        var spread = Math.Sqrt(TensorPrimitives.Dot<double>(rows, rows) * TensorPrimitives.Dot<double>(ranks, ranks));
        return spread > 0 ? TensorPrimitives.Dot<double>(rows, ranks) / spread : 0;
    }

    private static void Centre(double[] values) => TensorPrimitives.Subtract(values, TensorPrimitives.Sum<double>(values) / values.Length, values);

    private static double TableOf(bool[] bright, double middle)
    {
        var body = LargestPart(bright);
        var around = ReachedFromBorder(body);
        var (below, above) = (0, 0);
        for (var x = 0; x < Side; x++)
        {
            var (isBelow, isAbove) = (false, false);
            for (var y = 0; y < Side; y++)
            {
                var at = (y * Side) + x;
                var apart = bright[at] && around[at];
                isBelow |= apart && y > middle;
                isAbove |= apart && y < middle;
            }

            below += isBelow ? 1 : 0;
            above += isAbove ? 1 : 0;
        }

        return (double)(below - above) / Side;
    }

    private static bool[] LargestPart(bool[] mask)
    {
        var left = (bool[])mask.Clone();
        bool[] largest = [];
        var most = 0;
        for (var start = 0; start < left.Length; start++)
        {
            if (!left[start])
            {
                continue;
            }

            var part = new bool[left.Length];
            var count = Fill(part, left, start);
            if (count > most)
            {
                (most, largest) = (count, part);
            }
        }

        return largest;
    }

    /// <summary>Pixels outside of a mask that a path outside of it joins to the border.</summary>
    private static bool[] ReachedFromBorder(bool[] mask)
    {
        var free = Array.ConvertAll(mask, m => !m);
        var reached = new bool[mask.Length];
        for (var i = 0; i < free.Length; i++)
        {
            if (free[i] && (i < Side || i >= free.Length - Side || i % Side is 0 or Side - 1))
            {
                Fill(reached, free, i);
            }
        }

        return reached;
    }

    /// <summary>Moves the part of four neighbours that holds a pixel from one mask to another.</summary>
    private static int Fill(bool[] target, bool[] source, int start)
    {
        var count = 0;
        var open = new Stack<int>();
        Take(start);
        while (open.TryPop(out var at))
        {
            count++;
            if (at % Side > 0)
            {
                Take(at - 1);
            }

            if (at % Side < Side - 1)
            {
                Take(at + 1);
            }

            if (at >= Side)
            {
                Take(at - Side);
            }

            if (at < source.Length - Side)
            {
                Take(at + Side);
            }
        }

        return count;

        void Take(int at)
        {
            if (source[at])
            {
                (source[at], target[at]) = (false, true);
                open.Push(at);
            }
        }
    }
}
