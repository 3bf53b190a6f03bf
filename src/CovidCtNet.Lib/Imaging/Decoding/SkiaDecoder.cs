using SkiaSharp;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>
/// Reads JPEG and BMP through SkiaSharp: straight (not premultiplied) alpha and no colour space, so that the numbers of the file come
/// through untouched, whatever profile it carries.
/// </summary>
internal static class SkiaDecoder
{
    public static DecodedImage Decode(ReadOnlySpan<byte> file, CtImageLimits limits, ImageErrors errors)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data) ?? throw errors.Corrupt("its header cannot be decoded");
        errors.CheckSize(codec.Info.Width, codec.Info.Height, limits);

        var isGray = codec.Info.ColorType == SKColorType.Gray8;
        var info = new SKImageInfo(
            codec.Info.Width,
            codec.Info.Height,
            isGray ? SKColorType.Gray8 : SKColorType.Rgba8888,
            isGray ? SKAlphaType.Opaque : SKAlphaType.Unpremul,
            colorspace: null);
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(info))
        {
            throw new InsufficientMemoryException($"There is no memory for a picture of {info.Width} x {info.Height} pixels.");
        }

        var result = codec.GetPixels(info, bitmap.GetPixels());
        switch (result)
        {
            case SKCodecResult.Success:
                break;
            case SKCodecResult.IncompleteInput:
                throw errors.Truncated("it ends before its last row");
            case SKCodecResult.Unimplemented:
                throw errors.Unsupported("uses a variant of its format that is not read");
            default:
                throw errors.Corrupt($"it cannot be decoded ({result})");
        }

        var pixels = PixelArrays.Allocate(info.Width * info.Height);
        CopyGray(bitmap, isGray, pixels);
        return ImageOrientation.MakeUpright(new DecodedImage(pixels, info.Width, info.Height, CtValueKind.Gray8), codec.EncodedOrigin);
    }

    private static void CopyGray(SKBitmap bitmap, bool isGray, float[] target)
    {
        var bytes = bitmap.GetPixelSpan();
        for (var y = 0; y < bitmap.Height; y++)
        {
            var row = bytes.Slice(y * bitmap.RowBytes);
            var line = target.AsSpan(y * bitmap.Width, bitmap.Width);
            if (isGray)
            {
                GrayBytes.ToSingle(row[..line.Length], line);
                continue;
            }

            for (var x = 0; x < line.Length; x++)
            {
                line[x] = Luma.OverBlack(Luma.Of(row[4 * x], row[(4 * x) + 1], row[(4 * x) + 2]), row[(4 * x) + 3], 255);
            }
        }
    }
}
