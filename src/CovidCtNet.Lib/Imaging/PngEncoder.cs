using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging;

/// <summary>Writes gray PNG of 8 or 16 bits. SkiaSharp writes 8 bits only.</summary>
internal static class PngEncoder
{
    private const byte FilterUp = 2;

    /// <param name="stream">Where to write.</param>
    /// <param name="intensity">Row by row, in [0, 1].</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="bitDepth">8 or 16.</param>
    public static void Write(Stream stream, ReadOnlySpan<float> intensity, int width, int height, int bitDepth)
    {
        stream.Write(PngDecoder.Signature);
        Span<byte> header = stackalloc byte[13];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = (byte)bitDepth;
        WriteChunk(stream, "IHDR"u8, header);

        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            WriteRows(zlib, intensity, width, height, bitDepth / 8);
        }

        WriteChunk(stream, "IDAT"u8, compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        WriteChunk(stream, "IEND"u8, []);
    }

    private static void WriteRows(ZLibStream zlib, ReadOnlySpan<float> intensity, int width, int height, int sampleBytes)
    {
        var maximum = sampleBytes == 2 ? ushort.MaxValue : byte.MaxValue;
        var row = new byte[width * sampleBytes];
        var above = new byte[row.Length];
        var line = new byte[row.Length + 1];
        line[0] = FilterUp;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var value = (int)MathF.Round(intensity[(y * width) + x] * maximum);
                if (sampleBytes == 2)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * x), (ushort)value);
                }
                else
                {
                    row[x] = (byte)value;
                }
            }

            for (var i = 0; i < row.Length; i++)
            {
                line[i + 1] = (byte)(row[i] - above[i]);
            }

            zlib.Write(line);
            (row, above) = (above, row);
        }
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        var checkedPart = new byte[data.Length + 4];
        type.CopyTo(checkedPart);
        data.CopyTo(checkedPart.AsSpan(4));
        stream.Write(checkedPart);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(checkedPart));
        stream.Write(number);
    }
}
