using System.Buffers;
using System.IO.Compression;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>
/// Reads every PNG of the specification to gray, with its full depth. Every critical chunk is checked by CRC and the file must end
/// with IEND: a cut or damaged file is an error, never a partly gray picture.
/// </summary>
internal static class PngDecoder
{
    // RFC 1951 cannot do better than 258 bytes from two bits: a size beyond it is known to be wrong before memory is taken.
    private const long MaximumDeflateRatio = 1032;

    private const int BlockBytes = 256 * 1024;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static DecodedImage Decode(byte[] data, int length, CtImageLimits limits, ImageErrors errors)
    {
        var content = PngContent.Read(data, length, limits, errors);
        var header = content.Header;
        var passes = PngPass.Of(header);

        long needed = passes.Sum(p => (header.RowBytes(p.Width) + 1L) * p.Height);
        if (needed > (content.CompressedBytes * MaximumDeflateRatio) + MaximumDeflateRatio)
        {
            throw errors.Truncated("it holds too little data for its size in pixels");
        }

        var pixels = PixelArrays.Allocate(header.Width * header.Height);
        var converter = new PngRowConverter(header, content.Palette, content.Transparency);
        using var zlib = new ZLibStream(content.OpenCompressed(), CompressionMode.Decompress);
        var line = header.RowBytes(header.Width) + 1;
        var lines = Math.Clamp(BlockBytes / line, 1, header.Height);
        var block = ArrayPool<byte>.Shared.Rent((lines + 1) * line);
        try
        {
            foreach (var pass in passes)
            {
                ReadPass(zlib, header, pass, block, lines, converter, pixels, errors);
            }

            // The last read makes the stream check its Adler-32; more pixels than the header says are refused too.
            if (Read(zlib, block.AsSpan(0, 1), errors) != 0)
            {
                throw errors.Corrupt("it holds more data than its header says");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        var kind = header.BitDepth == 16 ? CtValueKind.Gray16 : CtValueKind.Gray8;
        return new DecodedImage(pixels, header.Width, header.Height, kind);
    }

    // Many rows at a time: unpacking into the room of a single row goes byte by byte at its end. A line is one filter byte and the samples.
    private static void ReadPass(
        ZLibStream zlib, PngHeader header, PngPass pass, byte[] block, int lines, PngRowConverter converter, float[] pixels, ImageErrors errors)
    {
        var bytes = header.RowBytes(pass.Width);
        var line = bytes + 1;
        var above = block.AsSpan(0, line);
        above.Clear();
        for (var first = 0; first < pass.Height; first += lines)
        {
            var count = Math.Min(lines, pass.Height - first);
            var read = block.AsSpan(line, count * line);
            if (Read(zlib, read, errors) != read.Length)
            {
                throw errors.Corrupt("its compressed data ends before the last row");
            }

            for (var i = 0; i < count; i++)
            {
                var row = read.Slice(i * line, line);
                if (!PngFilter.Undo(row[0], row[1..], block.AsSpan((i * line) + 1, bytes), header.FilterStride))
                {
                    throw errors.Corrupt($"a row names filter {row[0]}, which PNG does not know");
                }

                var target = ((pass.FirstRow + ((first + i) * pass.RowStep)) * header.Width) + pass.FirstColumn;
                converter.Convert(row[1..], pass.Width, pixels.AsSpan(target), pass.ColumnStep);
            }

            read[^line..].CopyTo(above);
        }
    }

    private static int Read(ZLibStream zlib, Span<byte> buffer, ImageErrors errors)
    {
        try
        {
            return zlib.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw errors.Corrupt("its compressed data cannot be unpacked", e);
        }
    }
}
