using System.Globalization;
using CovidCtNet.Lib.Imaging;
using SkiaSharp;

namespace CovidCtNet.Lib.Explanation.Pictures;

/// <summary>Paints a slice, a map over it, lines, a title and a colour bar.</summary>
internal static class OverlayPainter
{
    private const int TextScale = 2;
    private const int Margin = 8;
    private const int BarWidth = 14;
    private const int TitleHeight = (PixelFont.LineHeight * TextScale) + 4;
    private const double GradientPercentile = 99;

    private static readonly SKColor Ink = new(0xE8, 0xE8, 0xE8);
    private static readonly SKColor Paper = new(0x10, 0x10, 0x10);
    private static readonly SKColor AnnotationColor = new(0x00, 0xE5, 0xFF);

    /// <summary>Width of the colour bar with its numbers.</summary>
    public static int ColorBarWidth => (3 * Margin) + BarWidth + PixelFont.Measure("0.0", TextScale);

    /// <param name="image">The slice.</param>
    /// <param name="map">The map; null paints the slice alone.</param>
    /// <param name="options">How it looks.</param>
    public static SKBitmap Paint(CtImage image, AttentionMap? map, OverlayOptions options)
    {
        if (options.Annotation is { } annotation)
        {
            annotation.RequireSizeOf(image);
        }

        var factor = Math.Max(1, (options.MinimumSide + Math.Min(image.Width, image.Height) - 1) / Math.Min(image.Width, image.Height));
        var (width, height) = (image.Width * factor, image.Height * factor);
        var title = options.Title ?? (map is null ? string.Empty : TitleOf(map));
        var top = title.Length > 0 ? TitleHeight : 0;
        var bar = options.ColorBar && map is not null ? ColorBarWidth : 0;
        var picture = new SKBitmap(new SKImageInfo(width + bar, height + top, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(picture);
        canvas.Clear(Paper);
        using (var blended = Blend(image, map, options, factor))
        {
            canvas.DrawBitmap(blended, 0, top);
        }

        canvas.Save();
        canvas.ClipRect(SKRect.Create(0, top, width, height));
        canvas.Translate(0, top);
        if (map is not null)
        {
            foreach (var level in options.Contours)
            {
                DrawLines(canvas, MapContours.OfLevel(map.Values, map.Width, map.Height, (float)level), factor, SKColors.White);
            }
        }

        if (options.Annotation is { } outlined)
        {
            DrawLines(canvas, MapContours.OfMask(outlined.ToMask(), outlined.Width, outlined.Height), factor, AnnotationColor);
        }

        canvas.Restore();
        if (title.Length > 0)
        {
            PixelFont.Draw(canvas, PixelFont.Fit(title, width + bar - Margin, TextScale), Margin / 2, 2, TextScale, Ink);
        }

        if (bar > 0)
        {
            DrawColorBar(canvas, options.Colors, SKRectI.Create(width + Margin, top + Margin, BarWidth, height - (2 * Margin)));
        }

        return picture;
    }

    /// <summary>A vertical colour bar from 1 at the top to 0, with numbers to its right.</summary>
    public static void DrawColorBar(SKCanvas canvas, ColorMap colors, SKRectI area)
    {
        using var paint = new SKPaint { IsAntialias = false };
        for (var y = 0; y < area.Height; y++)
        {
            var (r, g, b) = colors.ColorOf(1 - (y / (float)Math.Max(1, area.Height - 1)));
            paint.Color = new SKColor(r, g, b);
            canvas.DrawRect(area.Left, area.Top + y, area.Width, 1, paint);
        }

        foreach (var (text, share) in ((string, double)[])[("1.0", 0), ("0.5", 0.5), ("0.0", 1)])
        {
            var y = area.Top + (int)(share * (area.Height - (PixelFont.LineHeight * TextScale)));
            PixelFont.Draw(canvas, text, area.Right + Margin, y, TextScale, Ink);
        }
    }

    /// <summary>The line above a picture: method, class and probability; of maps that depend on no class, such as the masks of several modules, method and layer.</summary>
    public static string TitleOf(AttentionMap map)
    {
        var source = map.Source;
        var name = source.ClassName ?? source.ClassIndex?.ToString(CultureInfo.InvariantCulture) ?? source.TargetLayer;
        var probability = source.Probability is { } p ? string.Create(CultureInfo.InvariantCulture, $" p={p:0.000}") : string.Empty;
        return name is null ? source.Method : $"{source.Method}: {name}{probability}";
    }

    private static SKBitmap Blend(CtImage image, AttentionMap? map, OverlayOptions options, int factor)
    {
        var (width, height) = (image.Width * factor, image.Height * factor);
        var gray = new float[image.Pixels.Length];
        image.CopyIntensityTo(gray);
        gray = Enlarge(gray, image.Width, image.Height, factor);
        var values = map is null ? null : Enlarge(map.Values.ToArray(), image.Width, image.Height, factor);
        var top = values is null ? 1 : UpperValue(map!, options);
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < gray.Length; i++)
        {
            var level = 255 * Math.Clamp(gray[i], 0, 1);
            var (r, g, b) = (level, level, level);
            if (values is not null)
            {
                var value = Math.Min(1, values[i] / top);
                var (red, green, blue) = options.Colors.ColorOf(value);
                var alpha = (float)options.Opacity * (options.FadeLow ? value : 1);
                (r, g, b) = (r + (alpha * (red - r)), g + (alpha * (green - g)), b + (alpha * (blue - b)));
            }

            pixels[4 * i] = (byte)(r + 0.5f);
            pixels[(4 * i) + 1] = (byte)(g + 0.5f);
            pixels[(4 * i) + 2] = (byte)(b + 0.5f);
            pixels[(4 * i) + 3] = byte.MaxValue;
        }

        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        System.Runtime.InteropServices.Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        return bitmap;
    }

    private static float UpperValue(AttentionMap map, OverlayOptions options)
    {
        var isPixelwise = map.Scaling == AttentionScaling.Magnitude;
        var percentile = options.UpperPercentile ?? (isPixelwise ? GradientPercentile : 100);
        if (percentile >= 100)
        {
            return 1;
        }

        var sorted = map.Values.ToArray();
        Array.Sort(sorted);
        var value = sorted[(int)(percentile / 100 * (sorted.Length - 1))];
        return value > 0 ? value : 1;
    }

    private static float[] Enlarge(float[] values, int width, int height, int factor)
    {
        if (factor == 1)
        {
            return values;
        }

        var enlarged = new float[values.Length * factor * factor];
        Resampler.Resize(values, width, height, enlarged, width * factor, width * factor, height * factor);
        return enlarged;
    }

    private static void DrawLines(SKCanvas canvas, List<MapContours.Segment> segments, int factor, SKColor color)
    {
        using var path = new SKPath();
        foreach (var (from, to) in segments)
        {
            path.MoveTo(from.X * factor, from.Y * factor);
            path.LineTo(to.X * factor, to.Y * factor);
        }

        // A dark line beneath keeps the light one visible on bright tissue.
        using var halo = new SKPaint { Color = SKColors.Black.WithAlpha(160), Style = SKPaintStyle.Stroke, StrokeWidth = 3, StrokeCap = SKStrokeCap.Round, IsAntialias = true };
        using var line = new SKPaint { Color = color, Style = SKPaintStyle.Stroke, StrokeWidth = 1.4f, StrokeCap = SKStrokeCap.Round, IsAntialias = true };
        canvas.DrawPath(path, halo);
        canvas.DrawPath(path, line);
    }
}
