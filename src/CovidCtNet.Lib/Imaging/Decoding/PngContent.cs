using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>The chunks of a PNG that matter for gray values, every one of them checked.</summary>
internal sealed class PngContent
{
    private readonly byte[] _data;
    private readonly List<(int Start, int Length)> _parts;

    private PngContent(byte[] data, PngHeader header, byte[] palette, byte[] transparency, List<(int Start, int Length)> parts)
    {
        _data = data;
        _parts = parts;
        Header = header;
        Palette = palette;
        Transparency = transparency;
    }

    public PngHeader Header { get; }

    /// <summary>PLTE, or empty.</summary>
    public byte[] Palette { get; }

    /// <summary>tRNS, or empty.</summary>
    public byte[] Transparency { get; }

    public long CompressedBytes => _parts.Sum(p => (long)p.Length);

    /// <summary>The IDAT chunks, which make up one zlib stream between them.</summary>
    public Stream OpenCompressed() => new SegmentStream(_data, _parts);

    public static PngContent Read(byte[] data, int length, CtImageLimits limits, ImageErrors errors)
    {
        PngHeader? header = null;
        byte[] palette = [];
        byte[] transparency = [];
        List<(int Start, int Length)> parts = [];
        var position = PngDecoder.Signature.Length;
        while (true)
        {
            var (type, start, size) = ReadChunk(data.AsSpan(0, length), position, errors);
            var chunk = data.AsSpan(start, size);
            if (header is null && type != "IHDR")
            {
                throw errors.Corrupt("its first chunk is not IHDR");
            }

            switch (type)
            {
                case "IHDR" when header is null:
                    header = PngHeader.Read(chunk, limits, errors);
                    break;
                case "PLTE":
                    palette = chunk.ToArray();
                    break;
                case "tRNS":
                    transparency = chunk.ToArray();
                    break;
                case "IDAT":
                    parts.Add((start, size));
                    break;
                case "IEND":
                    return Finish(data, header!.Value, palette, transparency, parts, errors);
                case "IHDR":
                    throw errors.Corrupt("it has two IHDR chunks");
                default:
                    RefuseUnknownCritical(type, errors);
                    break;
            }

            position = start + size + 4;
        }
    }

    private static PngContent Finish(
        byte[] data, PngHeader header, byte[] palette, byte[] transparency, List<(int Start, int Length)> parts, ImageErrors errors)
    {
        if (parts.Count == 0)
        {
            throw errors.Corrupt("it has no IDAT chunk");
        }

        if (palette.Length % 3 != 0 || palette.Length > 768 || (header.Color == PngColor.Palette && palette.Length == 0))
        {
            throw errors.Corrupt("its palette is missing or has a wrong length");
        }

        var expected = header.Color switch
        {
            PngColor.Gray => 2,
            PngColor.Rgb => 6,
            _ => 0,
        };
        if (expected > 0 && transparency.Length != 0 && transparency.Length != expected)
        {
            throw errors.Corrupt("its tRNS chunk has a wrong length");
        }

        return new PngContent(data, header, palette, transparency, parts);
    }

    private static (string Type, int Start, int Size) ReadChunk(ReadOnlySpan<byte> file, int position, ImageErrors errors)
    {
        if (file.Length - position < 12)
        {
            throw errors.Truncated("it ends before its IEND chunk");
        }

        var size = BinaryPrimitives.ReadUInt32BigEndian(file[position..]);
        if (size > (uint)(file.Length - position - 12))
        {
            throw errors.Truncated("a chunk is longer than what is left of the file");
        }

        var checkedPart = file.Slice(position + 4, (int)size + 4);
        var type = Encoding.Latin1.GetString(checkedPart[..4]);
        var expected = BinaryPrimitives.ReadUInt32BigEndian(file[(position + 8 + (int)size)..]);
        if (Crc32.HashToUInt32(checkedPart) != expected)
        {
            throw errors.Corrupt($"the checksum of its {Printable(type)} chunk is wrong");
        }

        return (type, position + 8, (int)size);
    }

    private static void RefuseUnknownCritical(string type, ImageErrors errors)
    {
        // Bit 5 of the first letter: upper case means that the picture cannot be understood without the chunk (specification, 5.4).
        if ((type[0] & 0x20) == 0)
        {
            throw errors.Unsupported($"has a critical chunk {Printable(type)} that is not known");
        }
    }

    private static string Printable(string type) => type.All(char.IsAsciiLetter) ? type : "unnamed";
}
