using SkiaSharp;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Applies the EXIF orientation of a photograph, so that a slice is read the way every viewer shows it.</summary>
internal static class ImageOrientation
{
    public static DecodedImage MakeUpright(DecodedImage image, SKEncodedOrigin origin)
    {
        if (origin is SKEncodedOrigin.TopLeft or 0)
        {
            return image;
        }

        var (width, height) = (image.Width, image.Height);
        var swapsSides = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var (newWidth, newHeight) = swapsSides ? (height, width) : (width, height);
        var pixels = new float[image.Pixels.Length];
        for (var y = 0; y < newHeight; y++)
        {
            for (var x = 0; x < newWidth; x++)
            {
                // Where the upright pixel (x, y) lies in the file; names say which sides its row 0 and column 0 are (EXIF 2.32, 4.6.5).
                var (fromX, fromY) = origin switch
                {
                    SKEncodedOrigin.TopRight => (width - 1 - x, y),
                    SKEncodedOrigin.BottomRight => (width - 1 - x, height - 1 - y),
                    SKEncodedOrigin.BottomLeft => (x, height - 1 - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (y, height - 1 - x),
                    SKEncodedOrigin.RightBottom => (width - 1 - y, height - 1 - x),
                    _ => (width - 1 - y, x),
                };
                pixels[(y * newWidth) + x] = image.Pixels[(fromY * width) + fromX];
            }
        }

        return image with { Pixels = pixels, Width = newWidth, Height = newHeight };
    }
}
