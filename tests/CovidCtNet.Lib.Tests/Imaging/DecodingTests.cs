using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Tests.Imaging;

/// <summary>
/// Every PNG colour type, depth, filter and interlacing, and JPEG and BMP variants, decode to the values that Pillow (or, where
/// Pillow cuts to 8 bits or ignores alpha, whole-number arithmetic in the script) gives.
/// </summary>
public class DecodingTests
{
    public static TheoryData<string> Files => [.. ExpectedValues.Files.Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_decodes_to_the_reference_values(string file)
    {
        var expected = Assert.Single(ExpectedValues.Read<ExpectedValues.GrayCase[]>("gray.json"), c => c.File == file);
        var image = CtImage.Load(Path.Combine(ExpectedValues.Folder, "files", file));

        Assert.Equal((expected.Width, expected.Height), (image.Width, image.Height));
        Assert.Equal(expected.Kind, image.ValueKind.ToString());
        Assert.Equal(image.ValueKind == CtValueKind.Gray16 ? 65535f : 255f, image.MaximumValue);

        // PNG and BMP are exact; partly transparent values are a quotient that the script rounds to six digits. The inverse DCT of a
        // JPEG may differ by one step between builds of its library, and luma of three such channels by two.
        var hasAlpha = file[..2] is "c4" or "c6" || file == "trns_palette.png";
        var tolerance = file.EndsWith(".jpg", StringComparison.Ordinal) ? 2f : hasAlpha ? 4e-3f : 0f;
        for (var i = 0; i < expected.Values.Length; i++)
        {
            Assert.True(
                MathF.Abs(expected.Values[i] - image.Pixels[i]) <= tolerance,
                $"{file}: pixel {i % image.Width},{i / image.Width} is {image.Pixels[i]}, the reference is {expected.Values[i]}.");
        }
    }

    [Fact]
    public void Opaque_rgba_and_gray_of_equal_values_decode_alike_and_the_name_is_kept()
    {
        var gray = ExpectedValues.Pattern(37, 29);
        var fromBmp = CtImage.Load(Path.Combine(ExpectedValues.Folder, "files", "gray8.bmp"));
        Assert.True(gray.Pixels.SequenceEqual(fromBmp.Pixels));
        Assert.EndsWith("gray8.bmp", fromBmp.SourceName, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0, 1, 2, 3, 4, 5)]
    [InlineData(2, 2, 1, 0, 5, 4, 3)]
    [InlineData(3, 5, 4, 3, 2, 1, 0)]
    [InlineData(4, 3, 4, 5, 0, 1, 2)]
    [InlineData(5, 0, 3, 1, 4, 2, 5)]
    [InlineData(6, 3, 0, 4, 1, 5, 2)]
    [InlineData(7, 5, 2, 4, 1, 3, 0)]
    [InlineData(8, 2, 5, 1, 4, 0, 3)]
    public void Exif_orientation_of_a_jpeg_is_applied(int orientation, params int[] blocks)
    {
        // Six blocks of 8 x 8 pixels, 3 across and 2 down, of gray 20, 60, ... 220, so that JPEG's own error cannot confuse them.
        var pixels = new byte[24 * 16];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(20 + (40 * ((i % 24 / 8) + (3 * (i / 24 / 8)))));
        }

        var image = CtImage.Load(new MemoryStream(TestJpeg.Encode(pixels, 24, 16, orientation)));

        // The order of the blocks after turning, by hand from the definition of each orientation (EXIF 2.32, 4.6.5).
        Assert.Equal(orientation < 5 ? (24, 16) : (16, 24), (image.Width, image.Height));
        var across = image.Width / 8;
        for (var i = 0; i < blocks.Length; i++)
        {
            Assert.Equal(20 + (40 * blocks[i]), image[((i % across) * 8) + 4, ((i / across) * 8) + 4], 2.0);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Saved_png_loads_to_equal_pixels(int bits)
    {
        var source = Enumerable.Range(0, 33 * 21).Select(i => i * 7919 % (1 << bits)).ToArray();
        var image = bits == 8
            ? CtImage.FromGray8([.. source.Select(v => (byte)v)], 33, 21)
            : CtImage.FromGray16([.. source.Select(v => (ushort)v)], 33, 21);
        using var stream = new MemoryStream();
        image.SavePng(stream);
        stream.Position = 0;
        var again = CtImage.Load(stream);
        Assert.Equal(image.ValueKind, again.ValueKind);
        Assert.True(image.Pixels.SequenceEqual(again.Pixels));

        // Not only to our own reader: Skia reads it too, to the high byte of each sample.
        using var skia = SkiaSharp.SKBitmap.Decode(stream.ToArray());
        Assert.Equal((33, 21), (skia.Width, skia.Height));
        Assert.Equal(bits == 8 ? source[40] : source[40] / 257.0, skia.GetPixel(40 % 33, 40 / 33).Red, 1.0);
    }

    [Fact]
    public void Hounsfield_slice_is_saved_as_its_window_shows_it()
    {
        var image = CtImage.FromHounsfield([-2000f, -1350f, -600f, 150f, 3000f, -975f], 3, 2, 1, 0);
        using var stream = new MemoryStream();
        image.SavePng(stream);
        stream.Position = 0;
        float[] expected = [0, 0, 128, 255, 255, 64];
        Assert.Equal(expected, CtImage.Load(stream).Pixels.ToArray());
    }

    /// <summary>Larger than what is unpacked at a time, so that filters reach from one part into the next; sides that no vector divides.</summary>
    [Theory]
    [InlineData(0, 8, 1)]
    [InlineData(2, 8, 3)]
    [InlineData(4, 8, 2)]
    [InlineData(6, 8, 4)]
    [InlineData(0, 16, 2)]
    public void Every_filter_of_a_large_png_is_undone(byte colorType, byte bitDepth, int stride)
    {
        const int Width = 701;
        const int Height = 509;
        var random = new Random(5);
        var gray = Enumerable.Range(0, Width * Height).Select(_ => (byte)random.Next(256)).ToArray();
        var samples = new byte[gray.Length * stride];
        for (var i = 0; i < gray.Length; i++)
        {
            samples.AsSpan(i * stride, stride).Fill(gray[i]);
            if (colorType is 4 or 6)
            {
                samples[((i + 1) * stride) - 1] = 255;
            }
        }

        var image = CtImage.Load(new MemoryStream(TestPng.WithEveryFilter(Width, Height, colorType, bitDepth, samples)));

        // 16 bits of twice the same byte are 257 times that byte.
        Assert.Equal(gray.Select(g => bitDepth == 16 ? g * 257f : g), image.Pixels.ToArray());
    }
}
