using System.Buffers.Binary;
using System.IO.Compression;

namespace CovidCtNet.Lib.Tests.Imaging;

/// <summary>Makes PNG files that lie about their size, and files with every row filter.</summary>
internal static class TestPng
{
    /// <summary>A valid header of an 8-bit gray PNG with hardly any data behind it; every checksum is right.</summary>
    public static byte[] HeaderOnly(int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        return
        [
            0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10,
            .. Chunk("IHDR", header), .. Chunk("IDAT", [0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]), .. Chunk("IEND", []),
        ];
    }

    /// <summary>A PNG whose rows take filters 0 to 4 in turn, filtered by the formulas of the specification (9.2).</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="colorType">0 gray, 2 RGB, 4 gray and alpha, 6 RGBA.</param>
    /// <param name="bitDepth">8 or 16.</param>
    /// <param name="samples">Rows of samples as the file holds them.</param>
    public static byte[] WithEveryFilter(int width, int height, byte colorType, byte bitDepth, byte[] samples)
    {
        var stride = (colorType switch { 0 => 1, 2 => 3, 4 => 2, _ => 4 }) * bitDepth / 8;
        var bytes = width * stride;
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bitDepth, colorType);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                zlib.WriteByte((byte)(y % 5));
                for (var x = 0; x < bytes; x++)
                {
                    int At(int dx, int dy) => x - dx < 0 || y - dy < 0 ? 0 : samples[((y - dy) * bytes) + x - dx];
                    var (left, up, corner) = (At(stride, 0), At(0, 1), At(stride, 1));
                    var estimate = left + up - corner;
                    var (a, b, c) = (Math.Abs(estimate - left), Math.Abs(estimate - up), Math.Abs(estimate - corner));
                    var predicted = (y % 5) switch
                    {
                        0 => 0,
                        1 => left,
                        2 => up,
                        3 => (left + up) / 2,
                        _ => a <= b && a <= c ? left : b <= c ? up : corner,
                    };
                    zlib.WriteByte((byte)(At(0, 0) - predicted));
                }
            }
        }

        return
        [
            0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10,
            .. Chunk("IHDR", header), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", []),
        ];
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), .. data];
        var number = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(number.AsSpan(4), Crc32(body));
        return [.. number[..4], .. body, .. number[4..]];
    }

    /// <summary>Bit by bit from the definition, as a check on what the library uses.</summary>
    private static uint Crc32(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
