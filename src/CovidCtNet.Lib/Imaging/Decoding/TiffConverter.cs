using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Turns the unpacked samples of a page, in this machine's byte order, into gray or Hounsfield units.</summary>
internal sealed class TiffConverter(TiffPage page, byte[] samples, FieldValue[]? palette, ImageErrors errors)
{
    // Air in a CT is at -1000 HU: values that never come near it are no Hounsfield units.
    private const float AirBelow = -200;

    public DecodedImage ToGray() => page.Format == SampleFormat.UINT ? Unsigned() : Measured();

    private DecodedImage Unsigned()
    {
        var pixels = new float[page.Width * page.Height];
        var maximum = page.Bits == 16 ? ushort.MaxValue : byte.MaxValue;
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = page.Photometric switch
            {
                Photometric.RGB => Over(Luma.Of(Sample(i, 0), Sample(i, 1), Sample(i, 2)), page.Samples == 4 ? Sample(i, 3) : (uint)maximum, maximum),
                Photometric.PALETTE => Colored(Sample(i, 0)),
                Photometric.MINISWHITE => Over((uint)maximum - Sample(i, 0), page.Samples == 2 ? Sample(i, 1) : (uint)maximum, maximum),
                _ => Over(Sample(i, 0), page.Samples == 2 ? Sample(i, 1) : (uint)maximum, maximum),
            };
        }

        return new DecodedImage(pixels, page.Width, page.Height, page.Bits == 16 ? CtValueKind.Gray16 : CtValueKind.Gray8);
    }

    private static float Over(uint luma, uint alpha, int maximum) => Luma.OverBlack(luma, alpha, (uint)maximum);

    private uint Sample(int pixel, int channel)
    {
        var index = page.IsPlanar ? (channel * page.Width * page.Height) + pixel : (pixel * page.Samples) + channel;
        return page.Bits == 8 ? samples[index] : MemoryMarshal.Cast<byte, ushort>(samples)[index];
    }

    private float Colored(uint index)
    {
        if (palette is not [var red, var green, var blue, ..] || red.ToUShortArray() is not { Length: >= 256 } r
            || green.ToUShortArray() is not { Length: >= 256 } g || blue.ToUShortArray() is not { Length: >= 256 } b)
        {
            throw errors.Corrupt("its palette is missing or too short");
        }

        return Luma.Of((uint)r[index] >> 8, (uint)g[index] >> 8, (uint)b[index] >> 8);
    }

    private DecodedImage Measured()
    {
        if (page.Samples != 1)
        {
            throw errors.Unsupported("is a TIFF of measured values with several samples a pixel", "Save one sample a pixel");
        }

        var pixels = new float[page.Width * page.Height];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (page.Format, page.Bits) switch
            {
                (SampleFormat.INT, 16) => MemoryMarshal.Cast<byte, short>(samples)[i],
                (SampleFormat.INT, _) => MemoryMarshal.Cast<byte, int>(samples)[i],
                (_, 32) => MemoryMarshal.Cast<byte, float>(samples)[i],
                _ => (float)MemoryMarshal.Cast<byte, double>(samples)[i],
            };
            if (!float.IsFinite(pixels[i]))
            {
                throw errors.Corrupt("it holds a pixel that is NaN or infinite");
            }
        }

        var (lowest, highest) = (pixels.Min(), pixels.Max());
        if (lowest < AirBelow)
        {
            return new DecodedImage(pixels, page.Width, page.Height, CtValueKind.Hounsfield);
        }

        return page.Format == SampleFormat.IEEEFP && lowest >= 0 && highest <= 1
            ? new DecodedImage(pixels, page.Width, page.Height, CtValueKind.Gray16) { Maximum = 1 }
            : throw errors.Unsupported(
                FormattableString.Invariant($"is a TIFF of values from {lowest:0.###} to {highest:0.###}, which are neither intensities from 0 to 1 nor Hounsfield units with air"),
                "Hand its pixels to CtImage.FromHounsfield or FromGray16");
    }
}
