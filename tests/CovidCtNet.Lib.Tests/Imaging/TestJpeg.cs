using System.Runtime.InteropServices;
using SkiaSharp;

namespace CovidCtNet.Lib.Tests.Imaging;

/// <summary>Makes small JPEG files with an EXIF orientation.</summary>
internal static class TestJpeg
{
    public static byte[] Encode(byte[] gray, int width, int height, int orientation)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var y = 0; y < height; y++)
        {
            Marshal.Copy(gray, y * width, bitmap.GetPixels() + (y * bitmap.RowBytes), width);
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 100);
        var jpeg = data.ToArray();

        // APP1 with a little-endian TIFF of one entry: tag 0x0112, one SHORT.
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0, 1, 0,
            0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }
}
