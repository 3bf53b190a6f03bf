using CovidCtNet.Lib.Imaging.Phantoms;

namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// A synthetic axial chest slice in Hounsfield units with the exact masks of its lungs and of the opacities put into them: for
/// demonstrations, tests and sanity checks where no patient's picture may be used. It looks like a chest slice and is none: no
/// figure measured on phantoms says anything about patients.
/// </summary>
/// <remarks>
/// The same seed and options give the same slice on every machine: only additions, multiplications, divisions and square roots are
/// used, which IEEE 754 rounds alike everywhere, and values are rounded to whole HU.
/// </remarks>
public sealed class CtPhantom
{
    private readonly bool[] _lung;
    private readonly bool[] _opacity;

    private CtPhantom(CtImage image, bool[] lung, bool[] opacity)
    {
        Image = image;
        _lung = lung;
        _opacity = opacity;
    }

    /// <summary>The slice in whole HU, shown with the lung window.</summary>
    public CtImage Image { get; }

    /// <summary>Whether each pixel belongs to a lung (its vessels and opacities included), row by row.</summary>
    public ReadOnlySpan<bool> LungMask => _lung;

    /// <summary>Whether each pixel belongs to an opacity, row by row; always within <see cref="LungMask"/>.</summary>
    public ReadOnlySpan<bool> OpacityMask => _opacity;

    /// <summary>Makes a slice.</summary>
    /// <param name="seed">Chooses the anatomy, vessels, opacities and noise. One seed has one anatomy, with and without opacities.</param>
    /// <param name="options">What to show; <see cref="CtPhantomOptions.Default"/> if null.</param>
    public static CtPhantom Create(int seed, CtPhantomOptions? options = null)
    {
        options ??= CtPhantomOptions.Default;
        var grid = new PhantomGrid(options.Width, options.Height);

        // Each part draws from a stream of its own, so that adding opacities moves nothing else.
        var anatomy = new ChestAnatomy(new PhantomRandom(seed, 1));
        var hounsfield = new double[grid.Count];
        var lung = new bool[grid.Count];
        anatomy.Paint(grid, new ValueNoise(seed, 2), hounsfield, lung);
        var opacity = OpacityPainter.Paint(grid, lung, hounsfield, options.Opacities, anatomy, new PhantomRandom(seed, 4), new ValueNoise(seed, 5));
        VesselPainter.Paint(grid, lung, hounsfield, anatomy, new PhantomRandom(seed, 3));
        Scanner.Blur(grid, hounsfield);
        Scanner.AddNoise(grid, hounsfield, options.Noise, new PhantomRandom(seed, 6));

        var pixels = new float[grid.Count];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (float)Math.Clamp(Math.Round(hounsfield[i]), -1024, 3071);
        }

        var image = CtImage.FromHounsfield(pixels, grid.Width, grid.Height, 1, 0, CtWindow.Lung, $"phantom {seed}");
        return new CtPhantom(image, lung, opacity);
    }
}
