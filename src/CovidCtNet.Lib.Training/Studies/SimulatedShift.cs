using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>One way in which slices of another scanner, export or screenshot differ, applied to gray intensities before preprocessing.</summary>
/// <param name="Name">What is changed, and by how much.</param>
/// <param name="Apply">Intensities in [0, 1], their width and height, and a seed, to a new picture of any size.</param>
internal sealed record SimulatedShift(string Name, Func<float[], int, int, int, (float[] Intensity, int Width, int Height)> Apply)
{
    /// <summary>The shifts of the robustness table.</summary>
    public static IReadOnlyList<SimulatedShift> All { get; } =
    [
        new("none", (x, w, h, _) => (x, w, h)),
        new("resolution halved", (x, w, h, _) => Resampled(x, w, h, 2)),
        new("resolution a quarter", (x, w, h, _) => Resampled(x, w, h, 4)),
        new("noise, standard deviation 0.04", (x, w, h, seed) => (Noisy(x, 0.04, seed), w, h)),
        new("noise, standard deviation 0.08", (x, w, h, seed) => (Noisy(x, 0.08, seed), w, h)),
        new("contrast x 0.7", (x, w, h, _) => (Mapped(x, v => ((v - 0.5f) * 0.7f) + 0.5f), w, h)),
        new("contrast x 1.4", (x, w, h, _) => (Mapped(x, v => ((v - 0.5f) * 1.4f) + 0.5f), w, h)),
        new("gamma 0.7", (x, w, h, _) => (Mapped(x, v => MathF.Pow(v, 0.7f)), w, h)),
        new("gamma 1.5", (x, w, h, _) => (Mapped(x, v => MathF.Pow(v, 1.5f)), w, h)),
        new("brightness + 0.1", (x, w, h, _) => (Mapped(x, v => v + 0.1f), w, h)),
        new("brightness - 0.1", (x, w, h, _) => (Mapped(x, v => v - 0.1f), w, h)),
        new("framed in air, field of view x 1.6", (x, w, h, _) => Framed(x, w, h, 0.3)),
        new("cut by 8 % on each side", (x, w, h, _) => Cut(x, w, h, 0.08)),
        new("stretched upright x 1.25", (x, w, h, _) => Scaled(x, w, h, w, (int)(h * 1.25))),
        new("mirrored", (x, w, h, _) => (Remapped(x, w, h, (c, r) => (w - 1 - c, r)), w, h)),
        new("upside down", (x, w, h, _) => (Remapped(x, w, h, (c, r) => (c, h - 1 - r)), w, h)),
    ];

    /// <summary>The shifted slice, in 256 gray values like the pictures it stands for.</summary>
    public CtImage Of(CtImage image, int seed)
    {
        var intensity = new float[image.Pixels.Length];
        image.CopyIntensityTo(intensity, CtWindow.Lung);
        var (x, width, height) = Apply(intensity, image.Width, image.Height, seed);
        var gray = new byte[x.Length];
        for (var i = 0; i < gray.Length; i++)
        {
            gray[i] = (byte)Math.Round(Math.Clamp(x[i], 0, 1) * 255);
        }

        return CtImage.FromGray8(gray, width, height, image.SourceName);
    }

    private static float[] Mapped(float[] x, Func<float, float> map) => Array.ConvertAll(x, v => map(v));

    private static float[] Noisy(float[] x, double deviation, int seed)
    {
        var random = new Random(seed);

        // Box and Muller: two uniform draws for a normal one.
        return Array.ConvertAll(x, v => (float)(v + (deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))));
    }

    private static (float[] Intensity, int Width, int Height) Resampled(float[] x, int width, int height, int factor)
    {
        var (small, w, h) = Scaled(x, width, height, Math.Max(1, width / factor), Math.Max(1, height / factor));
        return Scaled(small, w, h, width, height);
    }

    private static (float[] Intensity, int Width, int Height) Scaled(float[] x, int width, int height, int toWidth, int toHeight)
    {
        var scaled = new float[toWidth * toHeight];
        Resampler.Resize(x, width, height, scaled, toWidth, toWidth, toHeight);
        return (scaled, toWidth, toHeight);
    }

    private static (float[] Intensity, int Width, int Height) Framed(float[] x, int width, int height, double share)
    {
        var (dx, dy) = ((int)(width * share), (int)(height * share));
        var (w, h) = (width + (2 * dx), height + (2 * dy));
        var framed = new float[w * h];
        for (var row = 0; row < height; row++)
        {
            x.AsSpan(row * width, width).CopyTo(framed.AsSpan(((row + dy) * w) + dx));
        }

        return (framed, w, h);
    }

    private static (float[] Intensity, int Width, int Height) Cut(float[] x, int width, int height, double share)
    {
        var (dx, dy) = ((int)(width * share), (int)(height * share));
        var (w, h) = (width - (2 * dx), height - (2 * dy));
        return (Remapped(x, w, h, (c, r) => (c + dx, r + dy), width), w, h);
    }

    private static float[] Remapped(float[] x, int width, int height, Func<int, int, (int Column, int Row)> from, int? stride = null)
    {
        var result = new float[width * height];
        for (var i = 0; i < result.Length; i++)
        {
            var (column, row) = from(i % width, i / width);
            result[i] = x[(row * (stride ?? width)) + column];
        }

        return result;
    }
}
