namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Tells formats apart by their first bytes, never by the name of the file, and hands over to the right decoder.</summary>
internal static class ImageDecoder
{
    private const string DecodeElsewhere = "Decode it with a library for that format and hand the pixels to CtImage";

    public static DecodedImage Decode(byte[] data, int length, CtImageLimits limits, ImageErrors errors)
    {
        var file = data.AsSpan(0, length);
        if (file.IsEmpty)
        {
            throw errors.Empty();
        }

        if (StartsWithOrIsCutFrom(file, PngDecoder.Signature))
        {
            return PngDecoder.Decode(data, length, limits, errors);
        }

        if (StartsWithOrIsCutFrom(file, [0xFF, 0xD8, 0xFF]))
        {
            JpegStructure.Check(file, limits, errors);
            return SkiaDecoder.Decode(file, limits, errors);
        }

        if (StartsWithOrIsCutFrom(file, "BM"u8) && BmpStructure.IsBmp(file))
        {
            BmpStructure.Check(file, limits, errors);
            return SkiaDecoder.Decode(file, limits, errors);
        }

        throw Refuse(file, errors);
    }

    /// <summary>A file of a few bytes that agree with a signature is that format, cut short.</summary>
    private static bool StartsWithOrIsCutFrom(ReadOnlySpan<byte> file, ReadOnlySpan<byte> signature)
        => file.Length >= signature.Length ? file.StartsWith(signature) : signature.StartsWith(file);

    private static CtImageException Refuse(ReadOnlySpan<byte> file, ImageErrors errors)
    {
        if (file.Length >= 132 && file.Slice(128, 4).SequenceEqual("DICM"u8))
        {
            return errors.Unsupported("is a DICOM file", "Decode it with a DICOM library such as fo-dicom and hand the pixels to CtImage.FromHounsfield");
        }

        if (file.StartsWith("GIF8"u8))
        {
            return errors.Unsupported("is a GIF picture", DecodeElsewhere);
        }

        if (file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8))
        {
            return errors.Unsupported("is a TIFF picture", DecodeElsewhere);
        }

        if (file.Length >= 12 && file.StartsWith("RIFF"u8) && file.Slice(8, 4).SequenceEqual("WEBP"u8))
        {
            return errors.Unsupported("is a WebP picture", DecodeElsewhere);
        }

        return errors.UnknownFormat();
    }
}
