using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Robustness.Gate;

/// <summary>Slices changed as they should not be, and pictures that are none.</summary>
internal static class GatePictures
{
    private const float Full = 255;

    /// <summary>What is done to each slice of a data set, by name. The first is the slice as it is.</summary>
    public static IReadOnlyList<(string Name, Func<CtImage, CtImage> Of)> Changes { get; } =
    [
        ("as they are", i => i),
        ("upside down", i => Map(i, (x, y) => (x, i.Height - 1 - y))),
        ("turned by half", i => Map(i, (x, y) => (i.Width - 1 - x, i.Height - 1 - y))),
        ("turned left", i => Map(i, (x, y) => (i.Width - 1 - y, x), swap: true)),
        ("turned right", i => Map(i, (x, y) => (y, i.Height - 1 - x), swap: true)),
        ("left for right", i => Map(i, (x, y) => (i.Width - 1 - x, y))),
        ("inverted", i => Map(i, (x, y) => (x, y), v => 1 - v)),

        // From a lung window of 1,500 HU around -600 to one of 400 HU around 40.
        ("mediastinal window", i => Map(i, (x, y) => (x, y), v => (v * 3.75f) - 2.975f)),
    ];

    public static IEnumerable<(string Name, IEnumerable<CtImage> Pictures)> Others(int seed)
    {
        yield return ("noise", Enumerable.Range(0, 200).Select(i => Noise(seed + i, 96 + i)));
        yield return ("gradients", Enumerable.Range(1, 50).Select(Gradient));
        yield return ("pages of marks", Enumerable.Range(0, 40).Select(i => Page(seed + i, i % 2 == 0)));
        yield return ("phantoms", Enumerable.Range(1, 200).Select(i => CtPhantom.Create(i, new CtPhantomOptions { Opacities = i % 5 }).Image));
        yield return ("phantoms, mediastinal", Enumerable.Range(1, 200).Select(i => Windowed(CtPhantom.Create(i).Image, CtWindow.Mediastinum)));
    }

    /// <summary>The same place in the picture takes its value from another place.</summary>
    private static CtImage Map(CtImage image, Func<int, int, (int X, int Y)> from, Func<float, float>? value = null, bool swap = false)
    {
        var intensity = new float[image.Width * image.Height];
        image.CopyIntensityTo(intensity);
        var (width, height) = swap ? (image.Height, image.Width) : (image.Width, image.Height);
        var pixels = new byte[width * height];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = from(i % width, i / width);
            var v = intensity[(y * image.Width) + x];
            pixels[i] = (byte)MathF.Round(Math.Clamp(value?.Invoke(v) ?? v, 0, 1) * Full);
        }

        return CtImage.FromGray8(pixels, width, height);
    }

    private static CtImage Windowed(CtImage image, CtWindow window)
    {
        var intensity = new float[image.Width * image.Height];
        image.CopyIntensityTo(intensity, window);
        return CtImage.FromGray8([.. intensity.Select(v => (byte)(v * Full))], image.Width, image.Height);
    }

    private static CtImage Noise(int seed, int side)
    {
        var pixels = new byte[side * side];
        new Random(seed).NextBytes(pixels);
        return CtImage.FromGray8(pixels, side, side);
    }

    private static CtImage Gradient(int slope)
    {
        const int Side = 200;
        return CtImage.FromGray8([.. Enumerable.Range(0, Side * Side).Select(i => (byte)((i % Side * slope / 50) + (i / Side / 2)))], Side, Side);
    }

    /// <summary>Lines of small random marks, as text looks to the gate.</summary>
    private static CtImage Page(int seed, bool dark)
    {
        const int Side = 400;
        var random = new Random(seed);
        var pixels = new byte[Side * Side];
        pixels.AsSpan().Fill(dark ? (byte)0 : (byte)Full);
        for (var y = 8; y < Side - 12; y += 16)
        {
            for (var x = 8; x < Side - 12; x += 8)
            {
                for (var mark = 0; mark < 35; mark++)
                {
                    if (random.Next(10) > 5)
                    {
                        pixels[((y + (mark / 5)) * Side) + x + (mark % 5)] = dark ? (byte)Full : (byte)0;
                    }
                }
            }
        }

        return CtImage.FromGray8(pixels, Side, Side);
    }
}
