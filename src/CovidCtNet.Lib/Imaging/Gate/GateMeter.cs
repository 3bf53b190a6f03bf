using System.Numerics.Tensors;

namespace CovidCtNet.Lib.Imaging.Gate;

/// <summary>Measures what <see cref="CtInputGate"/> decides by.</summary>
internal static class GateMeter
{
    public const int Side = 96;

    private const int Bins = 64;
    private const int MiddleFrom = 40;
    private const int MiddleTo = 55;
    private const int InnerFrom = 24;
    private const int InnerTo = 72;
    private const float Black = 0.02f;

    public static CtGateMeasurements Measure(CtImage image, CtWindow window)
    {
        var full = new float[image.Width * image.Height];
        image.CopyIntensityTo(full, window);
        var small = new float[Side * Side];
        Resampler.Resize(full, image.Width, image.Height, small, Side, Side, Side);

        var mean = TensorPrimitives.Sum<float>(small) / small.Length;
        var contrast = Math.Sqrt(small.Sum(v => (double)(v - mean) * (v - mean)) / small.Length);
        var threshold = Otsu(small);
        var bright = Array.ConvertAll(small, v => v >= threshold);
        var lung = Enclosed(bright);
        var upright = UprightMeter.Measure(small, bright, lung);
        var halves = (Left: Share(lung, 0, Side / 2, 0, Side), Right: Share(lung, Side / 2, Side, 0, Side));
        var levels = (Upper: Share(lung, 0, Side, 0, Side / 2), Lower: Share(lung, 0, Side, Side / 2, Side));
        var (lungs, blacks, brights, tissue) = (0, 0, 0, 0.0);
        for (var i = 0; i < small.Length; i++)
        {
            lungs += lung[i] ? 1 : 0;
            blacks += lung[i] && small[i] < Black ? 1 : 0;
            brights += bright[i] ? 1 : 0;
            tissue += bright[i] ? small[i] : 0;
        }

        return new CtGateMeasurements
        {
            Contrast = contrast,
            Roughness = Differences(small) / (contrast + 1e-6),
            LungArea = (double)lungs / small.Length,
            LungBalance = Math.Min(halves.Left, halves.Right) / (Math.Max(halves.Left, halves.Right) + 1e-6),
            BlackLung = lungs == 0 ? 0 : (double)blacks / lungs,
            Tissue = brights == 0 ? 0 : tissue / brights,
            MiddleColumn = Share(bright, MiddleFrom, MiddleTo, InnerFrom, InnerTo),
            MiddleRow = Share(bright, InnerFrom, InnerTo, MiddleFrom, MiddleTo),
            LungAbove = (levels.Upper - levels.Lower) / (levels.Upper + levels.Lower + 1e-6),
            BoneBelow = upright.BoneBelow,
            LungGradient = upright.LungGradient,
            Table = upright.Table,
        };
    }

    /// <summary>The threshold that parts a histogram into two classes of the largest variance between them (Otsu 1979).</summary>
    private static float Otsu(float[] values)
    {
        var histogram = new double[Bins];
        foreach (var value in values)
        {
            histogram[Math.Clamp((int)(value * Bins), 0, Bins - 1)]++;
        }

        var total = 0.0;
        for (var i = 0; i < Bins; i++)
        {
            histogram[i] /= values.Length;
            total += histogram[i] * (i + 0.5) / Bins;
        }

        var (weight, sum, best, threshold) = (0.0, 0.0, -1.0, 1);
        for (var i = 0; i < Bins; i++)
        {
            weight += histogram[i];
            sum += histogram[i] * (i + 0.5) / Bins;
            var between = Math.Pow((total * weight) - sum, 2) / ((weight * (1 - weight)) + 1e-9);
            if (between > best)
            {
                (best, threshold) = (between, i + 1);
            }
        }

        return (float)threshold / Bins;
    }

    /// <summary>Dark pixels with bright ones somewhere to the left, right, above and below.</summary>
    private static bool[] Enclosed(bool[] bright)
    {
        var sides = new int[bright.Length];
        for (var line = 0; line < Side; line++)
        {
            Sweep(bright, sides, line * Side, 1);
            Sweep(bright, sides, (line * Side) + Side - 1, -1);
            Sweep(bright, sides, line, Side);
            Sweep(bright, sides, ((Side - 1) * Side) + line, -Side);
        }

        return Array.ConvertAll(sides, s => s == 4);
    }

    private static void Sweep(bool[] bright, int[] sides, int start, int step)
    {
        var seen = false;
        for (var i = 0; i < Side; i++)
        {
            var at = start + (i * step);
            seen |= bright[at];
            sides[at] += seen && !bright[at] ? 1 : 0;
        }
    }

    private static double Share(bool[] mask, int left, int right, int top, int bottom)
    {
        var count = 0;
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                count += mask[(y * Side) + x] ? 1 : 0;
            }
        }

        return (double)count / ((right - left) * (bottom - top));
    }

    private static double Differences(float[] values)
    {
        var (across, down) = (0.0, 0.0);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var at = (y * Side) + x;
                across += x + 1 < Side ? Math.Abs(values[at + 1] - values[at]) : 0;
                down += y + 1 < Side ? Math.Abs(values[at + Side] - values[at]) : 0;
            }
        }

        return (across + down) / 2 / (Side * (Side - 1));
    }
}
