using System.Buffers.Binary;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>
/// Turns unfiltered rows into gray. Depths below 8 bits are spread to 0-255; 16 bits are kept. Transparent parts lie over black
/// (see <see cref="Luma.OverBlack"/>).
/// </summary>
internal sealed class PngRowConverter
{
    private readonly PngHeader _header;

    /// <summary>Gray of each sample value, for up to 8 bits in one channel.</summary>
    private readonly float[] _lookup;

    /// <summary>The one colour that tRNS declares transparent, for gray and RGB; -1 where there is none.</summary>
    private readonly (int Red, int Green, int Blue) _key = (-1, -1, -1);

    public PngRowConverter(PngHeader header, byte[] palette, byte[] transparency)
    {
        _header = header;
        if (header.Color is PngColor.Gray && transparency.Length == 2)
        {
            var key = BinaryPrimitives.ReadUInt16BigEndian(transparency);
            _key = (key, key, key);
        }
        else if (header.Color is PngColor.Rgb && transparency.Length == 6)
        {
            _key = (BinaryPrimitives.ReadUInt16BigEndian(transparency),
                BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2)),
                BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(4)));
        }

        _lookup = header switch
        {
            { Color: PngColor.Palette } => PaletteLookup(palette, transparency),
            { Color: PngColor.Gray, BitDepth: < 16 } => GrayLookup(header.BitDepth, _key.Red),
            _ => [],
        };
    }

    /// <summary>Writes <paramref name="width"/> pixels, <paramref name="step"/> apart.</summary>
    public void Convert(ReadOnlySpan<byte> row, int width, Span<float> target, int step)
    {
        if (_lookup.Length > 0)
        {
            ConvertIndexed(row, width, target, step);
        }
        else if (_header.BitDepth == 8)
        {
            Convert8(row, width, target, step);
        }
        else
        {
            Convert16(row, width, target, step);
        }
    }

    private void ConvertIndexed(ReadOnlySpan<byte> row, int width, Span<float> target, int step)
    {
        var depth = _header.BitDepth;
        if (depth == 8)
        {
            if (step == 1 && _header.Color is PngColor.Gray && _key.Red < 0)
            {
                GrayBytes.ToSingle(row[..width], target);
                return;
            }

            for (var x = 0; x < width; x++)
            {
                target[x * step] = _lookup[row[x]];
            }

            return;
        }

        var mask = (1 << depth) - 1;
        for (var x = 0; x < width; x++)
        {
            // Samples are packed from the high bits down.
            var bit = x * depth;
            var sample = (row[bit >> 3] >> (8 - depth - (bit & 7))) & mask;
            target[x * step] = _lookup[sample];
        }
    }

    private void Convert8(ReadOnlySpan<byte> row, int width, Span<float> target, int step)
    {
        var channels = _header.Channels;
        var hasAlpha = channels is 2 or 4;
        for (var x = 0; x < width; x++)
        {
            var pixel = row.Slice(x * channels, channels);
            target[x * step] = channels == 2
                ? Luma.OverBlack(pixel[0], pixel[1], 255)
                : Gray(pixel[0], pixel[1], pixel[2], hasAlpha ? pixel[3] : 255u, 255);
        }
    }

    private void Convert16(ReadOnlySpan<byte> row, int width, Span<float> target, int step)
    {
        var channels = _header.Channels;
        for (var x = 0; x < width; x++)
        {
            var pixel = row.Slice(x * channels * 2, channels * 2);
            var first = Sample16(pixel, 0);
            target[x * step] = channels switch
            {
                1 => first == (uint)_key.Red ? 0 : first,
                2 => Luma.OverBlack(first, Sample16(pixel, 1), 65535),
                3 => Gray(first, Sample16(pixel, 1), Sample16(pixel, 2), 65535, 65535),
                _ => Gray(first, Sample16(pixel, 1), Sample16(pixel, 2), Sample16(pixel, 3), 65535),
            };
        }
    }

    private float Gray(uint red, uint green, uint blue, uint alpha, uint maximum)
    {
        // (uint)-1 is no sample value, so that the comparison is false where there is no key.
        if (red == (uint)_key.Red && green == (uint)_key.Green && blue == (uint)_key.Blue)
        {
            return 0;
        }

        return Luma.OverBlack(Luma.Of(red, green, blue), alpha, maximum);
    }

    private static uint Sample16(ReadOnlySpan<byte> pixel, int channel) => BinaryPrimitives.ReadUInt16BigEndian(pixel[(channel * 2)..]);

    private static float[] GrayLookup(int depth, int transparentKey)
    {
        var values = new float[1 << depth];
        for (var i = 0; i < values.Length; i++)
        {
            // 255 divides by 1, 3 and 15: the spread values are whole numbers.
            values[i] = i == transparentKey ? 0 : i * 255 / (values.Length - 1);
        }

        return values;
    }

    private static float[] PaletteLookup(byte[] palette, byte[] transparency)
    {
        // An index beyond the palette is an error by the specification, and black in every decoder in use.
        var values = new float[256];
        for (var i = 0; i < palette.Length / 3; i++)
        {
            uint alpha = i < transparency.Length ? transparency[i] : (byte)255;
            values[i] = Luma.OverBlack(Luma.Of(palette[3 * i], palette[(3 * i) + 1], palette[(3 * i) + 2]), alpha, 255);
        }

        return values;
    }
}
