using System.Runtime.InteropServices;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Tests.Shared;

namespace CovidCtNet.Lib.Tests.Imaging;

/// <summary>Published RGB and RGBA files of the SARS-CoV-2 set give the very gray values of their converted namesakes.</summary>
public class PublishedSliceTests
{
    [Fact]
    public void Originals_of_every_color_mode_equal_their_gray_namesakes()
    {
        var originals = RealData.Require("sarscov2-ct-originals");
        var converted = RealData.Require("sarscov2-ct");
        var files = Directory.GetFiles(originals, "*.png", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var original = CtImage.Load(file);
            var gray = CtImage.Load(Path.Combine(converted, Path.GetRelativePath(originals, file)));
            Assert.Equal(CtValueKind.Gray8, original.ValueKind);
            Assert.Equal((gray.Width, gray.Height), (original.Width, original.Height));
            Assert.True(original.Pixels.SequenceEqual(gray.Pixels), $"{file} differs from its gray namesake.");
        }
    }

    [Fact]
    public void Real_chest_ct_in_hounsfield_units_goes_through_the_lung_window()
    {
        // The pixels are the last 512 x 512 signed 16-bit values of this uncompressed DICOM file; slope 1, intercept -1024.
        var file = File.ReadAllBytes(RealData.Require("dicom/fo-dicom__ct.dcm"));
        var stored = MemoryMarshal.Cast<byte, short>(file.AsSpan(^(512 * 512 * 2)..));
        var slice = CtImage.FromHounsfield((ReadOnlySpan<short>)stored, width: 512, height: 512, slope: 1, intercept: -1024, window: CtWindow.Lung);

        // Read with NumPy: padding in the corner, lung at column 120, soft tissue in the middle.
        Assert.Equal((-3024f, -764f, -10f), (slice[0, 0], slice[120, 256], slice[256, 256]));
        var plane = new CtPreprocessing { Width = 512, Height = 512 }.Apply(slice);
        Assert.Equal(0, plane[0]);
        Assert.Equal(0.3906667f, plane[(256 * 512) + 120], 1e-6f);
        Assert.Equal(0.5379748f, plane.Average(), 1e-5f);
        Assert.True(slice.Pixels.SequenceEqual(CtImage.Load(RealData.Require("dicom/fo-dicom__ct.dcm")).Pixels));
    }
}
