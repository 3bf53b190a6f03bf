using System.Buffers.Binary;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Tests.Imaging;

/// <summary>Cut, damaged, empty, foreign and oversized files are typed errors: never a crash, never a half-gray picture.</summary>
public class DamagedFileTests
{
    public static TheoryData<string> Files => [.. ExpectedValues.Files.Select(f => Path.GetFileName(f))];

    public static TheoryData<string> PngFiles => [.. ExpectedValues.Files.Select(f => Path.GetFileName(f)).Where(f => f.EndsWith(".png", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_cut_is_noticed(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(ExpectedValues.Folder, "files", file));
        var whole = CtImage.Load(new MemoryStream(bytes));
        Assert.Throws<CtImageEmptyException>(() => CtImage.Load(new MemoryStream()));
        for (var length = 1; length < bytes.Length; length++)
        {
            var cut = new MemoryStream(bytes, 0, length);
            if (file == "rle8.bmp" && bytes.Length - length <= 4)
            {
                // The end marks of the last row and of the picture hold no pixels: without them it is whole or refused.
                var left = Record.Exception(() => Assert.True(whole.Pixels.SequenceEqual(CtImage.Load(cut).Pixels)));
                Assert.True(left is null or CtImageTruncatedException);
                continue;
            }

            Assert.Throws<CtImageTruncatedException>(() => CtImage.Load(cut));
        }
    }

    [Theory]
    [MemberData(nameof(PngFiles))]
    public void Every_changed_byte_of_a_png_is_noticed(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(ExpectedValues.Folder, "files", file));
        for (var i = 0; i < bytes.Length; i++)
        {
            foreach (var change in new byte[] { 0x01, 0x80, 0xFF })
            {
                var damaged = (byte[])bytes.Clone();
                damaged[i] ^= change;
                Assert.ThrowsAny<CtImageException>(() => CtImage.Load(new MemoryStream(damaged)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_changed_byte_never_crashes(string file)
    {
        // JPEG and BMP have no checksum: a changed value may go unnoticed, but it is a picture or a typed error.
        var bytes = File.ReadAllBytes(Path.Combine(ExpectedValues.Folder, "files", file));
        var random = new Random(5);
        for (var i = 0; i < bytes.Length; i += 1 + (bytes.Length / 300))
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] = (byte)random.Next(256);
            try
            {
                var image = CtImage.Load(new MemoryStream(damaged));
                Assert.Equal(image.Width * image.Height, image.Pixels.Length);
            }
            catch (CtImageException e)
            {
                Assert.NotEmpty(e.Reason);
            }
        }
    }

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(100_000, 100_000)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(1, int.MaxValue)]
    public void Huge_png_header_is_refused_before_memory_is_taken(int width, int height)
        => RefusesCheaply<CtImageTooLargeException>(() => TestPng.HeaderOnly(width, height));

    [Fact]
    public void Header_within_the_limits_with_too_little_data_is_refused_before_memory_is_taken()
        => RefusesCheaply<CtImageTruncatedException>(() => TestPng.HeaderOnly(5000, 5000));

    [Fact]
    public void Huge_bmp_and_jpeg_headers_are_refused_before_memory_is_taken()
    {
        RefusesCheaply<CtImageTooLargeException>(() =>
        {
            var bmp = File.ReadAllBytes(Path.Combine(ExpectedValues.Folder, "files", "gray8.bmp"));
            BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(18), int.MaxValue);
            BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(22), int.MinValue);
            return bmp;
        });
        RefusesCheaply<CtImageTooLargeException>(() =>
        {
            var jpeg = File.ReadAllBytes(Path.Combine(ExpectedValues.Folder, "files", "gray.jpg"));
            var frame = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
            jpeg.AsSpan(frame + 5, 4).Fill(0xFF);
            return jpeg;
        });
    }

    [Fact]
    public void Overwritten_part_of_a_jpeg_is_noticed_by_its_markers()
    {
        // Plain text in place of image data would hide; noise of 1,000 bytes nearly always holds a code that JPEG does not know.
        var bytes = File.ReadAllBytes(Path.Combine(ExpectedValues.Folder, "files", "color.jpg"));
        for (var seed = 0; seed < 5; seed++)
        {
            new Random(seed).NextBytes(bytes.AsSpan(1500, 1000));
            Assert.ThrowsAny<CtImageException>(() => CtImage.Load(new MemoryStream(bytes)));
        }
    }

    [Fact]
    public void Unused_fourth_byte_of_a_32_bit_bmp_is_no_transparency()
    {
        // BITMAPINFOHEADER without masks: the fourth byte is unused, and often 0.
        var bytes = File.ReadAllBytes(Path.Combine(ExpectedValues.Folder, "files", "color32.bmp"));
        var expected = CtImage.Load(new MemoryStream(bytes));
        var offset = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(10));
        Assert.Equal((40, 0), (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(14)), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(30))));
        for (var i = offset + 3; i < bytes.Length; i += 4)
        {
            bytes[i] = 0;
        }

        Assert.True(expected.Pixels.SequenceEqual(CtImage.Load(new MemoryStream(bytes)).Pixels));
    }

    [Fact]
    public void Zero_size_in_a_header_is_damage()
        => Assert.Throws<CtImageCorruptException>(() => CtImage.Load(new MemoryStream(TestPng.HeaderOnly(0, 5))));

    [Fact]
    public void Too_many_bytes_are_refused_without_reading_them()
    {
        var limits = new CtImageLimits { MaximumFileBytes = 1000 };
        var endless = new EndlessStream();
        var e = Assert.Throws<CtImageTooLargeException>(() => CtImage.Load(endless, limits));
        Assert.Equal(1001, endless.BytesRead);
        Assert.Contains("1,000", e.Reason, StringComparison.Ordinal);

        var known = new MemoryStream(new byte[1001]);
        Assert.Throws<CtImageTooLargeException>(() => CtImage.Load(known, limits));
        Assert.Equal(0, known.Position);
    }

    [Fact]
    public void Pixel_limit_is_inclusive()
    {
        using var stream = new MemoryStream();
        ExpectedValues.Pattern(10, 10).SavePng(stream);
        Assert.Equal(100, CtImage.Load(new MemoryStream(stream.ToArray()), new CtImageLimits { MaximumPixels = 100 }).Pixels.Length);
        Assert.Throws<CtImageTooLargeException>(
            () => CtImage.Load(new MemoryStream(stream.ToArray()), new CtImageLimits { MaximumPixels = 99 }));
    }

    [Fact]
    public void Foreign_files_are_named_with_a_cure()
    {
        Assert.Throws<CtImageUnknownFormatException>(() => CtImage.Load(new MemoryStream("not an image, only text"u8.ToArray())));
        byte[] cut = [.. new byte[128], .. "DICM"u8, 2, 0, 0, 0];
        var e = Assert.Throws<CtImageTruncatedException>(() => CtImage.Load(new MemoryStream(cut), sourceName: "scan.dcm"));
        Assert.StartsWith("scan.dcm: is truncated: ", e.Message, StringComparison.Ordinal);
        Assert.Throws<CtImageUnsupportedException>(() => CtImage.Load(new MemoryStream("GIF89a......"u8.ToArray())));
    }

    [Fact]
    public void Missing_file_and_folder_are_FileNotFound_with_the_path()
    {
        var missing = Path.Combine(Path.GetTempPath(), "no-such-folder", "no-such-slice.png");
        var e = Assert.Throws<FileNotFoundException>(() => CtImage.Load(missing));
        Assert.Equal(missing, e.FileName);
        Assert.Contains("is a folder", Assert.Throws<FileNotFoundException>(() => CtImage.Load(Path.GetTempPath())).Message, StringComparison.Ordinal);
    }

    private static void RefusesCheaply<T>(Func<byte[]> make)
        where T : CtImageException
    {
        var bytes = make();
        Assert.Throws<T>(() => CtImage.Load(new MemoryStream(bytes)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<T>(() => CtImage.Load(new MemoryStream(bytes)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    /// <summary>A stream that neither seeks nor ends.</summary>
    private sealed class EndlessStream : Stream
    {
        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            BytesRead += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
