using System.Runtime.InteropServices;
using CovidCtNet.Lib.Imaging;
using SkiaSharp;

namespace CovidCtNet.Lib.Training.Tests.Audit;

/// <summary>A copy of a slice that nobody recognises by its bytes: cropped, brightened, resized and encoded as JPEG.</summary>
internal static class PlantedLeak
{
    public static void Write(CtImage slice, string path, int seed, double cut = 0.05, bool mirrored = false)
    {
        var random = new Random(seed);
        var (left, right, top, bottom) = (cut * random.NextDouble(), cut * random.NextDouble(), cut * random.NextDouble(), cut * random.NextDouble());
        var scale = 0.6 + (0.6 * random.NextDouble());
        var (gain, offset) = (0.85 + (0.25 * random.NextDouble()), 0.1 * random.NextDouble());
        var (width, height) = ((int)(slice.Width * scale), (int)(slice.Height * scale));
        using var picture = new SKBitmap(new SKImageInfo(slice.Width, slice.Height, SKColorType.Gray8, SKAlphaType.Opaque));
        var intensity = new float[slice.Width * slice.Height];
        slice.CopyIntensityTo(intensity);
        var bytes = new byte[picture.RowBytes * slice.Height];
        for (var y = 0; y < slice.Height; y++)
        {
            for (var x = 0; x < slice.Width; x++)
            {
                var value = intensity[(y * slice.Width) + (mirrored ? slice.Width - 1 - x : x)];
                bytes[(y * picture.RowBytes) + x] = (byte)Math.Clamp(255 * ((gain * value) + offset), 0, 255);
            }
        }

        Marshal.Copy(bytes, 0, picture.GetPixels(), bytes.Length);
        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        using var image = SKImage.FromBitmap(picture);
        var part = SKRect.Create(
            (float)(left * slice.Width), (float)(top * slice.Height), (float)((1 - left - right) * slice.Width), (float)((1 - top - bottom) * slice.Height));
        using var smooth = new SKPaint { FilterQuality = SKFilterQuality.Medium };
        surface.Canvas.DrawImage(image, part, SKRect.Create(width, height), smooth);
        using var encoded = surface.Snapshot().Encode(SKEncodedImageFormat.Jpeg, 60);
        File.WriteAllBytes(path, encoded.ToArray());
    }
}
