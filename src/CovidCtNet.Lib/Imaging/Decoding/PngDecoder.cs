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
        var rowBytes = header.RowBytes(header.Width);
        var current = ArrayPool<byte>.Shared.Rent(rowBytes + 1);
        var previous = ArrayPool<byte>.Shared.Rent(rowBytes + 1);
        try
        {
            foreach (var pass in passes)
            {
                var bytes = header.RowBytes(pass.Width);
                Array.Clear(previous, 0, bytes + 1);
                for (var row = 0; row < pass.Height; row++)
                {
                    // A row is one filter byte and the samples.
                    var line = current.AsSpan(0, bytes + 1);
                    if (Read(zlib, line, errors) != line.Length)
                    {
                        throw errors.Corrupt("its compressed data ends before the last row");
                    }

                    if (!PngFilter.Undo(line[0], line[1..], previous.AsSpan(1, bytes), header.FilterStride))
                    {
                        throw errors.Corrupt($"a row names filter {line[0]}, which PNG does not know");
                    }

                    var target = ((pass.FirstRow + (row * pass.RowStep)) * header.Width) + pass.FirstColumn;
                    converter.Convert(line[1..], pass.Width, pixels.AsSpan(target), pass.ColumnStep);
                    (current, previous) = (previous, current);
                }
            }

            // The last read makes the stream check its Adler-32; more pixels than the header says are refused too.
            if (Read(zlib, current.AsSpan(0, 1), errors) != 0)
            {
                throw errors.Corrupt("it holds more data than its header says");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(current);
            ArrayPool<byte>.Shared.Return(previous);
        }

        var kind = header.BitDepth == 16 ? CtValueKind.Gray16 : CtValueKind.Gray8;
        return new DecodedImage(pixels, header.Width, header.Height, kind);
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
