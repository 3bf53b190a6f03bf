using CovidCtNet.Lib.Imaging.Dicom;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Tells formats apart by their first bytes, never by the name of the file, and hands over to the right decoder.</summary>
internal static class ImageDecoder
{
    private const string DecodeElsewhere = "Decode it with a library for that format and hand the pixels to CtImage";

    /// <summary>Looks into a file; its slices are decoded as they are asked for, while the data are there.</summary>
    public static DecodedSlices Open(byte[] data, int length, CtImageLimits limits, ImageErrors errors)
    {
        var file = data.AsSpan(0, length);
        if (file.IsEmpty)
        {
            throw errors.Empty();
        }

        if (StartsWithOrIsCutFrom(file, PngDecoder.Signature))
        {
            return DecodedSlices.One(PngDecoder.Decode(data, length, limits, errors));
        }

        if (StartsWithOrIsCutFrom(file, [0xFF, 0xD8, 0xFF]))
        {
            return DecodedSlices.One(DecodeJpeg(file, limits, errors));
        }

        if (StartsWithOrIsCutFrom(file, "BM"u8) && BmpStructure.IsBmp(file))
        {
            BmpStructure.Check(file, limits, errors);
            return DecodedSlices.One(SkiaDecoder.Decode(file, limits, errors));
        }

        // The preamble of a DICOM file may be the start of a TIFF directory (PS3.10, 7.1): the signature decides.
        if (TiffDecoder.IsTiff(file) && !DicomContent.HasSignature(file))
        {
            return TiffDecoder.Open(data, length, limits, errors);
        }

        if (NiftiDecoder.IsNifti(file) || NiftiDecoder.IsGzip(file))
        {
            return NiftiDecoder.Open(data, length, limits, errors);
        }

        if (DicomContent.IsDicom(file))
        {
            var dicom = DicomFile.Parse(data, length, limits, errors);
            return new DecodedSlices(dicom.HasPixels ? dicom.FrameCount : 1, i => dicom.ReadDecoded(i));
        }

        throw Refuse(file, errors);
    }

    public static DecodedImage DecodeJpeg(ReadOnlySpan<byte> file, CtImageLimits limits, ImageErrors errors)
    {
        JpegStructure.Check(file, limits, errors);
        return SkiaDecoder.Decode(file, limits, errors);
    }

    /// <summary>A file of a few bytes that agree with a signature is that format, cut short.</summary>
    private static bool StartsWithOrIsCutFrom(ReadOnlySpan<byte> file, ReadOnlySpan<byte> signature)
        => file.Length >= signature.Length ? file.StartsWith(signature) : signature.StartsWith(file);

    private static CtImageException Refuse(ReadOnlySpan<byte> file, ImageErrors errors)
    {
        if (file.StartsWith("GIF8"u8))
        {
            return errors.Unsupported("is a GIF picture", DecodeElsewhere);
        }

        if (file.Length >= 12 && file.StartsWith("RIFF"u8) && file.Slice(8, 4).SequenceEqual("WEBP"u8))
        {
            return errors.Unsupported("is a WebP picture", DecodeElsewhere);
        }

        return errors.UnknownFormat();
    }
}
