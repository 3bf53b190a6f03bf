using SkiaSharp;

namespace CovidCtNet.Lib.Explanation.Pictures;

/// <summary>Pictures as PNG bytes.</summary>
internal static class PictureFile
{
    public static byte[] ToPng(SKBitmap picture)
    {
        using var data = picture.Encode(SKEncodedImageFormat.Png, 100) ?? throw new ExplanationException("The picture could not be encoded as PNG.");
        return data.ToArray();
    }
}
