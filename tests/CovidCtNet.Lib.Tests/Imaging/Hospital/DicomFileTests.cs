using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Imaging.Dicom;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>Hounsfield units, padding, windows, geometry, and what is refused by name.</summary>
public class DicomFileTests
{
    [Fact]
    public void Hounsfield_units_come_from_the_rescale_and_the_lung_window_from_this_library()
    {
        var file = DicomFile.Load(HospitalFiles.PathOf("explicit_s16.dcm"));
        var image = file.ReadFrame();
        Assert.Equal(file.ReadStoredValues().Select(v => v - 1024f), image.Pixels.ToArray());
        Assert.Equal(CtWindow.Lung, image.Window);
        Assert.Equal([new CtWindow(40, 400), new CtWindow(-600, 1500)], file.ReadDisplayWindows());
    }

    [Fact]
    public void Monochrome1_changes_how_ct_is_shown_and_not_its_hounsfield_units()
    {
        var file = DicomFile.Load(HospitalFiles.PathOf("mono1_u8.dcm"));
        Assert.Equal(file.ReadStoredValues().Select(v => (v * 4f) - 1000), file.ReadFrame().Pixels.ToArray());
    }

    [Theory]
    [InlineData("II*\0")]
    [InlineData("MM\0*")]
    [InlineData("PK\u0003\u0004")]
    public void A_preamble_of_another_format_does_not_hide_a_dicom_file(string preamble)
    {
        var file = HospitalFiles.Bytes("explicit_s16.dcm");
        var expected = CtImage.Load(new MemoryStream(file)).Pixels.ToArray();
        System.Text.Encoding.Latin1.GetBytes(preamble).CopyTo(file, 0);
        Assert.Equal(expected, CtImage.Load(new MemoryStream(file)).Pixels.ToArray());
    }

    [Fact]
    public void Padding_is_below_air_and_stored_values_keep_it()
    {
        var file = DicomFile.Load(HospitalFiles.PathOf("padding_s16.dcm"));
        Assert.Equal([-2000, -1999, -1995, -1994, -2001], file.ReadStoredValues()[..5]);
        Assert.Equal([-3024f, -3024f, -3024f, -3018f, -3025f], file.ReadFrame().Pixels[..5].ToArray());
    }

    [Theory]
    [InlineData("enhanced.dcm")]
    [InlineData("enhanced_implicit.dcm")]
    public void Functional_groups_give_each_frame_its_own_rescale_and_place(string name)
    {
        var file = DicomFile.Load(HospitalFiles.PathOf(name));
        Assert.Equal(3, file.FrameCount);
        for (var frame = 0; frame < 3; frame++)
        {
            Assert.Equal(file.ReadStoredValues(frame).Select(v => (v * (1f + frame)) - 1000 - frame), file.ReadFrame(frame).Pixels.ToArray());
            var geometry = file.ReadGeometry(frame)!;
            Assert.Equal(new CtVector(0, 0, 5 * frame), geometry.Position);
            Assert.Equal((0.5, 0.6, 2), (geometry.RowSpacing, geometry.ColumnSpacing, geometry.Thickness));
            Assert.True(geometry.IsAxial);
        }
    }

    [Fact]
    public void What_tells_slices_apart_is_read()
    {
        var file = DicomFile.Load(HospitalFiles.PathOf("bare_implicit.dcm"));
        Assert.Equal("CT", file.Modality);
        Assert.Equal(["ORIGINAL", "PRIMARY", "AXIAL"], file.ImageType);
        Assert.Equal(7, file.InstanceNumber);
        Assert.Equal("1.2.826.0.1.3680043.8.498.4", file.SeriesInstanceUid);
        Assert.Equal("1.2.840.10008.1.2", file.TransferSyntaxUid);
        var geometry = file.ReadGeometry()!;
        Assert.Equal(new CtVector(-10, -20, 30.5), geometry.Position);
        Assert.Equal((0.7, 0.8, 1.25), (geometry.RowSpacing, geometry.ColumnSpacing, geometry.Thickness));
    }

    [Theory]
    [InlineData("jpegls.dcm", "JPEG-LS Lossless (1.2.840.10008.1.2.4.80)")]
    [InlineData("j2k.dcm", "JPEG 2000 Lossless (1.2.840.10008.1.2.4.90)")]
    public void Other_transfer_syntaxes_are_refused_by_name_with_the_ways_out(string name, string syntax)
    {
        var e = Assert.Throws<CtImageUnsupportedException>(() => CtImage.Load(HospitalFiles.PathOf(name)));
        Assert.Contains(syntax, e.Message, StringComparison.Ordinal);
        Assert.Contains("gdcmconv --raw", e.Cure, StringComparison.Ordinal);
        Assert.Contains("FromHounsfield", e.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void No_message_names_the_patient()
    {
        // The same object without its pixels, and cut within them.
        var whole = HospitalFiles.Bytes("explicit_s16.dcm");
        foreach (var length in new[] { whole.Length - 1, whole.Length - 600, 600, 400 })
        {
            var e = Assert.ThrowsAny<CtImageException>(() => CtImage.Load(new MemoryStream(whole[..length])));
            Assert.DoesNotContain("Synthetic", e.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("Phantom", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Deep_nesting_many_elements_and_bombs_meet_their_limits()
    {
        byte[] header = [.. new byte[128], .. "DICM"u8];
        byte[] bare = [0x08, 0x00, 0x05, 0x00, (byte)'C', (byte)'S', 0, 0];
        byte[] nested = [.. Enumerable.Repeat<byte[]>([0x08, 0x00, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, 255, 255, 255, 255, 0xFE, 0xFF, 0x00, 0xE0, 255, 255, 255, 255], 100_000).SelectMany(b => b)];
        var e = Assert.Throws<CtImageTooLargeException>(() => CtImage.Load(new MemoryStream([.. header, .. bare, .. nested])));
        Assert.Contains("MaximumDepth", e.Cure, StringComparison.Ordinal);

        byte[] many = [.. Enumerable.Repeat(bare, 1001).SelectMany(b => b)];
        e = Assert.Throws<CtImageTooLargeException>(() => CtImage.Load(new MemoryStream([.. header, .. many]), new CtImageLimits { MaximumElements = 1000 }));
        Assert.Contains("MaximumElements", e.Cure, StringComparison.Ordinal);

        e = Assert.Throws<CtImageTooLargeException>(
            () => CtImage.Load(HospitalFiles.PathOf("deflated.dcm"), new CtImageLimits { MaximumUnpackedBytes = 1000 }));
        Assert.Contains("MaximumUnpackedBytes", e.Cure, StringComparison.Ordinal);
        e = Assert.Throws<CtImageTooLargeException>(() => CtImage.LoadAll(HospitalFiles.PathOf("frames_u12.dcm"), new CtImageLimits { MaximumSlices = 2 }));
        Assert.Contains("MaximumSlices", e.Cure, StringComparison.Ordinal);
    }
}
