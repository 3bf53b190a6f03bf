using System.Buffers.Binary;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>The IHDR chunk (PNG specification, third edition, 11.2.1).</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColor Color, bool Interlaced)
{
    public int Channels => Color switch
    {
        PngColor.Rgb => 3,
        PngColor.Rgba => 4,
        PngColor.GrayAlpha => 2,
        _ => 1,
    };

    /// <summary>The distance in bytes that the filters look back; at least one.</summary>
    public int FilterStride => Math.Max(1, Channels * BitDepth / 8);

    public int RowBytes(int width) => (int)((((long)width * Channels * BitDepth) + 7) / 8);

    public static PngHeader Read(ReadOnlySpan<byte> chunk, CtImageLimits limits, ImageErrors errors)
    {
        if (chunk.Length != 13)
        {
            throw errors.Corrupt("its IHDR chunk has a wrong length");
        }

        long width = BinaryPrimitives.ReadUInt32BigEndian(chunk);
        long height = BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]);
        errors.CheckSize(width, height, limits);

        int depth = chunk[8];
        var color = (PngColor)chunk[9];
        var allowed = color switch
        {
            PngColor.Gray => depth is 1 or 2 or 4 or 8 or 16,
            PngColor.Palette => depth is 1 or 2 or 4 or 8,
            PngColor.Rgb or PngColor.GrayAlpha or PngColor.Rgba => depth is 8 or 16,
            _ => false,
        };

        if (!allowed)
        {
            throw errors.Unsupported($"is a PNG of colour type {chunk[9]} with {depth} bits, which the PNG specification does not know");
        }

        if (chunk[10] != 0 || chunk[11] != 0 || chunk[12] > 1)
        {
            throw errors.Unsupported("is a PNG with an unknown compression, filter or interlace method");
        }

        return new PngHeader((int)width, (int)height, depth, color, chunk[12] == 1);
    }
}
