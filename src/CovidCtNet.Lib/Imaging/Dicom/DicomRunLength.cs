using System.Buffers.Binary;
using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>RLE of DICOM (PS3.5, annex G): a header of up to 15 offsets, then one PackBits segment for each byte plane.</summary>
internal static class DicomRunLength
{
    private const int HeaderLength = 64;

    /// <summary>Unpacks the byte planes of a frame, one after the other, the most significant of each sample first.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> packed, int pixels, int planes, ImageErrors errors)
    {
        if (packed.Length < HeaderLength)
        {
            throw errors.Truncated("its run-length data end within their header");
        }

        var segments = BinaryPrimitives.ReadUInt32LittleEndian(packed);
        if (segments != planes)
        {
            throw errors.Corrupt($"its run-length data have {segments} segments, and its pixels need {planes}");
        }

        // A run takes two bytes for at most 128 pixels: less data cannot fill a plane, and no memory is taken for them.
        if (((long)packed.Length - HeaderLength) * 64 < (long)pixels * planes)
        {
            throw errors.Truncated("its run-length data are too short for its pixels");
        }

        var planar = new byte[pixels * planes];
        for (var plane = 0; plane < planes; plane++)
        {
            var start = BinaryPrimitives.ReadUInt32LittleEndian(packed[(4 + (4 * plane))..]);
            var stop = plane + 1 < planes ? BinaryPrimitives.ReadUInt32LittleEndian(packed[(8 + (4 * plane))..]) : (uint)packed.Length;
            if (start < HeaderLength || start > stop || stop > packed.Length)
            {
                throw errors.Corrupt("its run-length segments lie outside the data");
            }

            Unpack(packed[(int)start..(int)stop], planar.AsSpan(plane * pixels, pixels), errors);
        }

        return planar;
    }

    private static void Unpack(ReadOnlySpan<byte> segment, Span<byte> target, ImageErrors errors)
    {
        var (position, filled) = (0, 0);
        while (filled < target.Length)
        {
            if (position >= segment.Length)
            {
                throw errors.Truncated("a run-length segment ends before its last pixel");
            }

            var control = (sbyte)segment[position++];
            if (control == -128)
            {
                continue;
            }

            var count = control >= 0 ? control + 1 : 1 - control;

            // Encoders round an odd plane up to whole words.
            var kept = Math.Min(count, target.Length - filled);
            var bytes = control >= 0 ? count : 1;
            if (segment.Length - position < Math.Min(bytes, Math.Max(kept, 1)))
            {
                throw errors.Truncated("a run-length segment ends within a run");
            }

            if (control >= 0)
            {
                segment.Slice(position, kept).CopyTo(target[filled..]);
            }
            else
            {
                target.Slice(filled, kept).Fill(segment[position]);
            }

            position += bytes;
            filled += kept;
        }
    }
}
