using System.IO.Compression;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>Damaged files give typed exceptions, never another one and never a partly read slice.</summary>
public class HostileFileTests
{
    public static TheoryData<string> Cut =>
    [
        "explicit_s16.dcm", "implicit_s16.dcm", "big_u12.dcm", "rle_s16.dcm", "lossless_p14_sv1.dcm", "lossless_p14_sv7.dcm", "baseline_u8.dcm",
        "undefined_lengths.dcm", "deflated.dcm", "enhanced.dcm", "bare_explicit", "n1.nii.gz", "n1_0_012.nii", "n2.nii", "gray16.tif", "gray16_lzw.tif",
        "gray16_zip.tif", "gray16_packbits.tif", "tiled16.tif", "bigtiff16.tif", "pages16.tif",
    ];

    [Theory]
    [MemberData(nameof(Cut))]
    public void A_file_cut_at_any_byte_is_a_typed_error_or_whole(string name)
    {
        var whole = HospitalFiles.Bytes(name);
        var pixels = CtImage.LoadAll(new MemoryStream(whole)).SelectMany(i => i.Pixels.ToArray()).ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            try
            {
                // What is lost may be padding or data that no pixel needs, but no pixel may differ.
                var read = CtImage.LoadAll(new MemoryStream(whole, 0, length)).SelectMany(i => i.Pixels.ToArray());
                Assert.Equal(pixels, read);
            }
            catch (CtImageException)
            {
            }
        }
    }

    [Fact]
    public void Not_a_number_and_infinity_are_no_pixels()
    {
        var volume = HospitalFiles.Bytes("n1_float64.nii");
        foreach (var bad in new[] { double.NaN, double.PositiveInfinity, 1e300 })
        {
            BitConverter.GetBytes(bad).CopyTo(volume, 352 + 80);
            Assert.Throws<CtImageCorruptException>(() => CtImage.LoadAll(new MemoryStream(volume)));
        }

        var tiff = HospitalFiles.Bytes("hu_f32.tif");
        BitConverter.GetBytes(float.NaN).CopyTo(tiff, tiff.Length - 40);
        Assert.Throws<CtImageCorruptException>(() => CtImage.Load(new MemoryStream(tiff)));
    }

    [Fact]
    public void A_gzip_bomb_stops_at_the_limit()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 64; i++)
            {
                gzip.Write(zeros);
            }
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<CtImageTooLargeException>(() => CtImage.LoadAll(new MemoryStream(packed.ToArray()), new CtImageLimits { MaximumUnpackedBytes = 1 << 20 }));
        Assert.Contains("MaximumUnpackedBytes", e.Cure, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void A_volume_without_an_orientation_is_refused()
    {
        var volume = HospitalFiles.Bytes("n1_0_012.nii");
        volume.AsSpan(252, 4).Clear();
        var e = Assert.Throws<CtImageUnsupportedException>(() => CtImage.LoadAll(new MemoryStream(volume)));
        Assert.Contains("orientation", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_or_device_is_not_waited_for()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "There are no device files here.");
        Assert.Throws<CtImageEmptyException>(() => CtImage.Load("/dev/zero"));
    }

    [Fact]
    public void Messages_of_tiff_files_stay_off_the_console()
    {
        var error = Console.Error;
        using var captured = new StringWriter();
        Console.SetError(captured);
        try
        {
            var whole = HospitalFiles.Bytes("gray16_lzw.tif");
            var errors = 0;
            for (var length = 8; length < whole.Length; length += 7)
            {
                errors += Record.Exception(() => CtImage.Load(new MemoryStream(whole, 0, length))) is CtImageException ? 1 : 0;
            }

            Assert.InRange(errors, 20, int.MaxValue);
        }
        finally
        {
            Console.SetError(error);
        }

        Assert.Equal("", captured.ToString());
    }
}
