using System.Buffers.Binary;
using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>Reads the stored values of one frame.</summary>
internal sealed class DicomPixels(DicomContent content, DicomPixelFormat format, CtImageLimits limits, ImageErrors errors)
{
    /// <summary>Gray values as they are stored, shifted to bit 0 and with their sign, row by row; colour becomes BT.601 luma.</summary>
    public int[] Read(int frame)
    {
        var set = content.Dataset;
        var element = set.Find(DicomTag.PixelData) ?? throw NoPixels(set);
        if (content.Syntax.Coding == DicomPixelCoding.Other)
        {
            throw Unreadable();
        }

        if (content.Syntax.Coding == DicomPixelCoding.Native)
        {
            return ReadNative(set, element, frame);
        }

        if (element.Fragments is null)
        {
            throw errors.Corrupt($"its transfer syntax is {content.Syntax.Name}, and its pixel data are not in fragments");
        }

        var packed = DicomFrames.Read(set, element, frame, format.Frames, errors);
        return content.Syntax.Coding switch
        {
            DicomPixelCoding.RunLength => ReadRunLength(packed),
            DicomPixelCoding.JpegLossless => ReadLossless(packed),
            _ => ReadBaseline(packed),
        };
    }

    private CtImageException NoPixels(DicomDataset set)
        => set.Find(DicomTag.FloatPixelData) is not null || set.Find(DicomTag.DoublePixelData) is not null
            ? errors.Unsupported("holds floating-point pixels, which are not read")
            : errors.Unsupported("is a DICOM object without pixel data", "Leave it out");

    private CtImageException Unreadable() => errors.Unsupported(
        $"is DICOM with the transfer syntax {content.Syntax.Name} ({PrintableUid(content.Syntax.Uid)}), which is not read",
        "Convert it to an uncompressed one (gdcmconv --raw in.dcm out.dcm, or dcmdjpls for JPEG-LS), have the archive send it uncompressed, "
        + "or decode it with a DICOM library such as fo-dicom and hand the pixels to CtImage.FromHounsfield");

    private static string PrintableUid(string uid) => uid.Length <= 64 && uid.All(c => char.IsAsciiDigit(c) || c == '.') ? uid : "no valid UID";

    private int[] ReadNative(DicomDataset set, DicomElement element, int frame)
    {
        if (element.Fragments is not null)
        {
            throw errors.Corrupt($"its transfer syntax is {content.Syntax.Name}, and its pixel data are in fragments");
        }

        var is422 = format.Photometric == "YBR_FULL_422";
        var samples = is422 ? 2 : format.Samples;
        var frameBytes = (long)format.Pixels * samples * format.BytesPerSample;
        if (element.Length < frameBytes * format.Frames)
        {
            throw errors.Truncated(
                $"its pixel data hold {element.Length} bytes, and {format.Columns} x {format.Rows} x {format.Frames} pixels need {frameBytes * format.Frames}");
        }

        var bytes = set.Data.AsSpan(element.Start + (int)(frame * frameBytes), (int)frameBytes);
        if (format.BytesPerSample == 2)
        {
            return Words(bytes, set.BigEndian);
        }

        // Bytes within words of a big-endian set are swapped (PS3.5, annex A.3).
        if (set.BigEndian && element.Vr == DicomVr.OW)
        {
            bytes = SwapPairs(set.Data.AsSpan(element.Start, element.Length & ~1), (int)(frame * frameBytes), (int)frameBytes);
        }

        return is422 ? Luma422(bytes) : Bytes(bytes, format.IsPlanar);
    }

    private int[] Words(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        var values = new int[format.Pixels];
        for (var i = 0; i < values.Length; i++)
        {
            var word = bytes[(2 * i)..];
            values[i] = format.Value(bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(word) : BinaryPrimitives.ReadUInt16LittleEndian(word));
        }

        return values;
    }

    private int[] Bytes(ReadOnlySpan<byte> bytes, bool planar)
    {
        var pixels = format.Pixels;
        var values = new int[pixels];
        for (var i = 0; i < pixels; i++)
        {
            values[i] = format.Samples == 1 ? format.Value(bytes[i])
                : planar ? Gray(bytes[i], bytes[i + pixels], bytes[i + (2 * pixels)])
                : Gray(bytes[3 * i], bytes[(3 * i) + 1], bytes[(3 * i) + 2]);
        }

        return values;
    }

    /// <summary>Y is the luma itself.</summary>
    private int Gray(byte first, byte second, byte third) => format.Photometric == "RGB" ? (int)Luma.Of(first, second, third) : first;

    /// <summary>Two pixels share four bytes Y1 Y2 Cb Cr (PS3.3, C.7.6.3.1.2).</summary>
    private int[] Luma422(ReadOnlySpan<byte> bytes)
    {
        var values = new int[format.Pixels];
        for (var i = 0; i < values.Length; i++)
        {
            var at = (i / 2 * 4) + (i & 1);
            values[i] = at < bytes.Length ? bytes[at] : throw errors.Corrupt("it has an odd number of pixels that share their colour by pairs");
        }

        return values;
    }

    private static byte[] SwapPairs(ReadOnlySpan<byte> all, int start, int count)
    {
        var swapped = new byte[count];
        for (var i = 0; i < count; i++)
        {
            var at = (start + i) ^ 1;
            swapped[i] = at < all.Length ? all[at] : (byte)0;
        }

        return swapped;
    }

    private int[] ReadRunLength(byte[] packed)
    {
        var pixels = format.Pixels;
        var planar = DicomRunLength.Decode(packed, pixels, format.Samples * format.BytesPerSample, errors);
        if (format.BytesPerSample == 1)
        {
            return Bytes(planar, planar: true);
        }

        var values = new int[pixels];
        for (var i = 0; i < pixels; i++)
        {
            values[i] = format.Value((planar[i] << 8) | planar[pixels + i]);
        }

        return values;
    }

    private int[] ReadLossless(byte[] packed)
    {
        if (format.Samples != 1)
        {
            throw errors.Unsupported("is lossless JPEG in colour, which is not read");
        }

        var decoded = LosslessJpeg.Decode(packed, format.Columns, format.Rows, new Deadline(limits, errors), errors);
        return Array.ConvertAll(decoded, value => format.Value(value));
    }

    private int[] ReadBaseline(byte[] packed)
    {
        // An even length is reached by one byte after the end-of-image marker, which the walk does not read.
        var decoded = ImageDecoder.DecodeJpeg(packed, limits, errors);
        if ((decoded.Width, decoded.Height) != (format.Columns, format.Rows))
        {
            throw errors.Corrupt($"its JPEG has {decoded.Width} x {decoded.Height} pixels, and its header says {format.Columns} x {format.Rows}");
        }

        return Array.ConvertAll(decoded.Pixels, value => format.Value((int)value));
    }
}
