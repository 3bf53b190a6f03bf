using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Imaging.Dicom;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>Every encoding that is read gives the values of dcmtk, gdcm, pydicom, nibabel, tifffile, libtiff or ImageMagick.</summary>
public class ReferenceFileTests
{
    public static TheoryData<string> Dicom => HospitalFiles.Names("stored");

    public static TheoryData<string> Pixels => HospitalFiles.Names("pixels");

    public static TheoryData<string> Slices => HospitalFiles.Names("slices");

    [Theory]
    [MemberData(nameof(Dicom))]
    public void Stored_values_equal_those_of_dicom_toolkits(string name)
    {
        var file = DicomFile.Load(HospitalFiles.PathOf(name));
        var values = Enumerable.Range(0, file.FrameCount).SelectMany(file.ReadStoredValues).Select(v => (double)v);
        Assert.Equal(HospitalFiles.All[name].Values, values);
    }

    [Theory]
    [MemberData(nameof(Pixels))]
    public void One_slice_equals_the_reference(string name)
    {
        var image = CtImage.Load(HospitalFiles.PathOf(name));
        Assert.Equal(HospitalFiles.All[name].Values, image.Pixels.ToArray().Select(v => Math.Round(v, 6)));
    }

    [Theory]
    [MemberData(nameof(Slices))]
    public void All_slices_equal_the_reference(string name)
    {
        var images = CtImage.LoadAll(HospitalFiles.PathOf(name));
        var expected = HospitalFiles.All[name].Values;
        var actual = images.SelectMany(i => i.Pixels.ToArray()).ToArray();
        Assert.Equal(expected.Length, actual.Length);

        // Values are held in single precision: 24 bits of up to 1,500 HU.
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-4);
        }
    }

    [Fact]
    public void Two_builds_of_the_reference_cover_every_kind()
    {
        // A lost expected.json would make the theories above pass with no case.
        Assert.Equal(58, HospitalFiles.All.Count);
    }

    [Theory]
    [InlineData("hu_s16.tif", CtValueKind.Hounsfield)]
    [InlineData("hu_f32.tif", CtValueKind.Hounsfield)]
    [InlineData("unit_f32.tif", CtValueKind.Gray16)]
    [InlineData("gray16.tif", CtValueKind.Gray16)]
    [InlineData("rgb8.tif", CtValueKind.Gray8)]
    [InlineData("explicit_s16.dcm", CtValueKind.Hounsfield)]
    [InlineData("bare_explicit", CtValueKind.Hounsfield)]
    [InlineData("rgb_1.dcm", CtValueKind.Gray8)]
    public void Kind_of_values_follows_the_content(string name, CtValueKind kind)
    {
        var image = CtImage.Load(HospitalFiles.PathOf(name));
        Assert.Equal(kind, image.ValueKind);
        Assert.Equal(kind == CtValueKind.Hounsfield ? CtWindow.Lung : null, image.Window);
    }

    [Fact]
    public void Unsigned_bytes_of_a_volume_are_gray_and_scaled_ones_are_hounsfield()
    {
        Assert.All(CtImage.LoadAll(HospitalFiles.PathOf("n1_u8.nii")), i => Assert.Equal(CtValueKind.Gray8, i.ValueKind));
        Assert.All(CtImage.LoadAll(HospitalFiles.PathOf("n1_scaled.nii")), i => Assert.Equal(CtValueKind.Hounsfield, i.ValueKind));
    }

    [Theory]
    [InlineData("frames_u12.dcm", 3)]
    [InlineData("pages16.tif", 2)]
    [InlineData("n1.nii.gz", 7)]
    public void Several_slices_are_never_taken_for_one(string name, int count)
    {
        var e = Assert.Throws<CtImageUnsupportedException>(() => CtImage.Load(HospitalFiles.PathOf(name)));
        Assert.Contains($"holds {count} slices", e.Message, StringComparison.Ordinal);
        Assert.Contains("LoadAll", e.Cure, StringComparison.Ordinal);
    }
}
