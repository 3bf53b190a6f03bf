using System.Buffers.Binary;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>
/// Walks the markers of a JPEG (ITU-T T.81, annex B) before it is decoded. Decoders fill what a cut file lacks with gray and report
/// success; here the file must reach its end-of-image marker.
/// </summary>
internal static class JpegStructure
{
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    public static void Check(ReadOnlySpan<byte> file, CtImageLimits limits, ImageErrors errors)
    {
        var position = 0;
        var (hasFrame, hasScan) = (false, false);
        while (true)
        {
            var marker = ReadMarker(file, ref position, errors);
            switch (marker)
            {
                case StartOfImage or 0x01 or (>= 0xD0 and <= 0xD7):
                    continue;
                case EndOfImage:
                    if (!hasFrame || !hasScan)
                    {
                        throw errors.Corrupt("it ends before any image data");
                    }

                    return;
                case < 0xC0:
                    // Reserved codes (T.81, table B.1): what stands there is damaged image data.
                    throw errors.Corrupt("its image data hold a marker that JPEG does not know");
                default:
                    break;
            }

            var segment = ReadSegment(file, ref position, errors);
            if (IsFrame(marker))
            {
                CheckFrame(marker, segment, limits, errors);
                hasFrame = true;
            }
            else if (marker == StartOfScan)
            {
                hasScan = true;
                SkipEntropyCodedData(file, ref position);
            }
        }
    }

    private static byte ReadMarker(ReadOnlySpan<byte> file, ref int position, ImageErrors errors)
    {
        if (position < file.Length && file[position] != 0xFF)
        {
            throw errors.Corrupt("a marker is missing between its segments");
        }

        // Any number of fill bytes may stand before the code (B.1.1.2).
        while (position < file.Length && file[position] == 0xFF)
        {
            position++;
        }

        return position < file.Length ? file[position++] : throw errors.Truncated("it ends before its end-of-image marker");
    }

    private static ReadOnlySpan<byte> ReadSegment(ReadOnlySpan<byte> file, ref int position, ImageErrors errors)
    {
        if (file.Length - position < 2)
        {
            throw errors.Truncated("it ends before its end-of-image marker");
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(file[position..]);
        if (length < 2)
        {
            throw errors.Corrupt("a segment has a wrong length");
        }

        if (length > file.Length - position)
        {
            throw errors.Truncated("a segment is longer than what is left of the file");
        }

        var segment = file.Slice(position + 2, length - 2);
        position += length;
        return segment;
    }

    /// <summary>C0 to CF are frames but for the tables DHT (C4) and DAC (CC) and the reserved C8.</summary>
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static void CheckFrame(byte marker, ReadOnlySpan<byte> segment, CtImageLimits limits, ImageErrors errors)
    {
        if (segment.Length < 6)
        {
            throw errors.Corrupt("its frame header is too short");
        }

        if (marker is not (0xC0 or 0xC1 or 0xC2))
        {
            throw errors.Unsupported("is a lossless, hierarchical or arithmetic JPEG");
        }

        if (segment[0] != 8)
        {
            throw errors.Unsupported($"is a JPEG of {segment[0]} bits, and only 8 bits are read");
        }

        errors.CheckSize(BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), limits);
    }

    private static void SkipEntropyCodedData(ReadOnlySpan<byte> file, ref int position)
    {
        while (true)
        {
            var found = file[position..].IndexOf((byte)0xFF);
            if (found < 0 || position + found + 1 >= file.Length)
            {
                position = file.Length;
                return;
            }

            position += found;

            // FF 00 is a stuffed data byte, FF D0 to FF D7 are restart markers: both belong to the scan.
            var next = file[position + 1];
            if (next is 0x00 or (>= 0xD0 and <= 0xD7))
            {
                position += 2;
                continue;
            }

            return;
        }
    }
}
