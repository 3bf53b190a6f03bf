using System.Numerics.Tensors;
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
    public void Every_slice_of_the_set_loads_and_preprocesses_to_finite_values()
    {
        var folder = RealData.Require("sarscov2-ct/COVID");
        var preprocessing = new CtPreprocessing { Width = 64, Height = 64, Mean = 0.5f, StandardDeviation = 0.25f };
        var plane = new float[64 * 64];
        foreach (var file in Directory.EnumerateFiles(folder, "*.png"))
        {
            preprocessing.Apply(CtImage.Load(file), plane);

            // Intensity 0 to 1 normalised: nothing may lie outside (0 - 0.5) / 0.25 to (1 - 0.5) / 0.25.
            Assert.InRange(TensorPrimitives.Min<float>(plane), -2.00001f, 2.00001f);
            Assert.InRange(TensorPrimitives.Max<float>(plane), -2.00001f, 2.00001f);
        }
    }
}
