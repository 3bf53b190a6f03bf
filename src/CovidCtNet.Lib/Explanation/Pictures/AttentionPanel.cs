using CovidCtNet.Lib.Imaging;
using SkiaSharp;

namespace CovidCtNet.Lib.Explanation.Pictures;

/// <summary>One picture with a slice and several maps of it side by side.</summary>
public static class AttentionPanel
{
    private const int Gap = 6;
    private const int TextScale = 2;
    private const int FooterHeight = (PixelFont.LineHeight * TextScale) + 6;
    private const string Footer = "Model attention, not findings. Research use, not a medical device.";

    /// <summary>Writes the slice and its maps as a colour PNG.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">The slice, shown first.</param>
    /// <param name="maps">Maps of that slice, at least one.</param>
    /// <param name="options">How they look; each tile has its own title, one colour bar serves all.</param>
    /// <param name="columns">Tiles in a row, 1 to 16.</param>
    /// <exception cref="ArgumentException">There is no map, or one is of a slice of another size.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, CtImage image, IReadOnlyList<AttentionMap> maps, OverlayOptions? options = null, int columns = 4)
    {
        var png = ToPng(image, maps, options, columns);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    /// <summary>The slice and its maps as the bytes of a colour PNG.</summary>
    /// <inheritdoc cref="Save" path="/param"/>
    /// <exception cref="ArgumentException">There is no map, or one is of a slice of another size.</exception>
    public static byte[] ToPng(CtImage image, IReadOnlyList<AttentionMap> maps, OverlayOptions? options = null, int columns = 4)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(maps);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, 16);
        if (maps.Count == 0)
        {
            throw new ArgumentException("A panel needs at least one map.", nameof(maps));
        }

        if (maps.FirstOrDefault(map => map.Width != image.Width || map.Height != image.Height) is { } other)
        {
            throw new ArgumentException($"A map has {other.Width} x {other.Height} pixels and the slice {image.Width} x {image.Height}.", nameof(maps));
        }

        options ??= OverlayOptions.Default;
        var tileOptions = options with { ColorBar = false, Title = null };
        List<SKBitmap> tiles = [];
        try
        {
            tiles.Add(OverlayPainter.Paint(image, null, tileOptions with { Title = options.Annotation is null ? "slice" : "slice, annotation" }));
            tiles.AddRange(maps.Select(map => OverlayPainter.Paint(image, map, tileOptions)));
            using var panel = Compose(tiles, Math.Min(columns, tiles.Count), options);
            return PictureFile.ToPng(panel);
        }
        finally
        {
            tiles.ForEach(tile => tile.Dispose());
        }
    }

    private static SKBitmap Compose(List<SKBitmap> tiles, int columns, OverlayOptions options)
    {
        var rows = (tiles.Count + columns - 1) / columns;
        var (width, height) = (tiles[0].Width + Gap, tiles[0].Height + Gap);
        var bar = options.ColorBar ? OverlayPainter.ColorBarWidth : 0;
        var panel = new SKBitmap(new SKImageInfo(Gap + (columns * width) + bar, Gap + (rows * height) + FooterHeight, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(panel);
        canvas.Clear(new SKColor(0x10, 0x10, 0x10));
        for (var i = 0; i < tiles.Count; i++)
        {
            canvas.DrawBitmap(tiles[i], Gap + (i % columns * width), Gap + (i / columns * height));
        }

        if (bar > 0)
        {
            OverlayPainter.DrawColorBar(canvas, options.Colors, SKRectI.Create((columns * width) + (2 * Gap), 2 * Gap, 14, (rows * height) - (2 * Gap)));
        }

        var footer = string.IsNullOrEmpty(options.Title) ? Footer : $"{options.Title}   {Footer}";
        PixelFont.Draw(canvas, PixelFont.Fit(footer, panel.Width - (2 * Gap), TextScale), Gap, panel.Height - FooterHeight + 2, TextScale, new SKColor(0xA8, 0xA8, 0xA8));
        return panel;
    }
}
