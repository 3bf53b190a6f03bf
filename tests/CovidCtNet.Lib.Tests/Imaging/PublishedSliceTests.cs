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
}
