using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Imaging.Decoding;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Between ML.NET's pictures and slices.</summary>
public static class MLImageExtensions
{
    /// <summary>
    /// A slice from ML.NET's picture: 8-bit gray by ITU-R BT.601 luma, transparent pixels over black, as for files. A 16-bit file has lost
    /// its lower 8 bits by the time it is an <see cref="MLImage"/>; read it with <see cref="CtImage.Load(string, CtImageLimits?)"/> instead.
    /// </summary>
    /// <param name="image">The picture; stays the caller's.</param>
    /// <param name="sourceName">A name for messages; the picture's tag if null.</param>
    /// <exception cref="NotSupportedException">The pixels are neither BGRA nor RGBA with 32 bits.</exception>
    public static CtImage ToCtImage(this MLImage image, string? sourceName = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        var (red, blue) = image.PixelFormat switch
        {
            MLPixelFormat.Rgba32 => (0, 2),
            MLPixelFormat.Bgra32 => (2, 0),
            _ => throw new NotSupportedException($"The picture has pixels of format {image.PixelFormat}. Convert it to BGRA or RGBA with 32 bits."),
        };
        var pixels = image.Pixels;
        var gray = new byte[image.Width * image.Height];
        for (var i = 0; i < gray.Length; i++)
        {
            // Skia keeps colours multiplied by their opacity, which lays them over black already.
            var pixel = pixels.Slice(4 * i, 4);
            gray[i] = (byte)Luma.Of(pixel[red], pixel[1], pixel[blue]);
        }

        var name = sourceName ?? (string.IsNullOrEmpty(image.Tag) ? null : image.Tag);
        return CtImage.FromGray8(gray, image.Width, image.Height, name);
    }
}
