using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Tests.Imaging;

/// <summary>Slices made from pixels, and windows.</summary>
public class CtImageTests
{
    [Fact]
    public void Hounsfield_is_slope_times_value_plus_intercept()
    {
        var image = CtImage.FromHounsfield([(short)-32768, 0, 1024, 32767], 2, 2, slope: 0.5, intercept: -1024);
        float[] expected = [-17408, -1024, -512, 15359.5f];
        Assert.Equal(expected, image.Pixels.ToArray());
        Assert.Equal(-512, image[0, 1]);
        Assert.Same(CtWindow.Lung, image.Window);
        Assert.True(float.IsNaN(image.MaximumValue));
    }

    [Fact]
    public void Hounsfield_takes_what_any_decoder_gives()
    {
        float[] expected = [-1024, 0, 3071];
        short[] signed = [0, 1024, 4095];
        ushort[] unsigned = [0, 1024, 4095];
        Assert.Equal(expected, CtImage.FromHounsfield(signed, 3, 1, 1, -1024).Pixels.ToArray());
        Assert.Equal(expected, CtImage.FromHounsfield(unsigned, 3, 1, 1, -1024).Pixels.ToArray());
        Assert.Equal(expected, CtImage.FromHounsfield([0.0, 1024.0, 4095.0], 3, 1, 1, -1024).Pixels.ToArray());
        Assert.Equal(64511, CtImage.FromHounsfield([ushort.MaxValue], 1, 1, 1, -1024)[0, 0]);
    }

    [Theory]
    [InlineData(-1350, 0)]
    [InlineData(150, 1)]
    [InlineData(-600, 0.5)]
    [InlineData(-3024, 0)]
    [InlineData(1000, 1)]
    [InlineData(-225, 0.75)]
    public void Lung_window_maps_linearly_and_clamps(float hounsfield, double intensity)
        => Assert.Equal(intensity, CtWindow.Lung.ToIntensity(hounsfield), 1e-6);

    [Fact]
    public void Pixels_are_copied()
    {
        byte[] pixels = [1, 2, 3, 4];
        var image = CtImage.FromGray8(pixels, 2, 2, "made");
        pixels[0] = 200;
        Assert.Equal(1, image[0, 0]);
        Assert.Equal("made", image.SourceName);
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Assert.Throws<ArgumentException>(() => CtImage.FromGray8(new byte[5], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => CtImage.FromGray8([], 0, 2));
        Assert.Throws<ArgumentException>(() => CtImage.FromGray8([], 65536, 65536));
        Assert.Throws<ArgumentException>(() => CtImage.FromGray16([5000], 1, 1, maximumValue: 4095));
        Assert.Throws<ArgumentException>(() => CtImage.FromHounsfield([float.NaN], 1, 1, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CtImage.FromHounsfield([1f], 1, 1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CtImage.FromHounsfield([1f], 1, 1, 1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtWindow(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtImageLimits { MaximumPixels = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => CtImage.FromGray8([1], 1, 1)[1, 0]);
    }

    [Fact]
    public void Failed_save_leaves_neither_file_nor_scrap()
    {
        var folder = Directory.CreateTempSubdirectory("ct-image-");
        try
        {
            // The name is a folder, so that the last step, the move, fails.
            var target = folder.CreateSubdirectory("slice.png").FullName;
            Assert.ThrowsAny<Exception>(() => ExpectedValues.Pattern(4, 4).SavePng(target));
            Assert.Equal([target], Directory.GetFileSystemEntries(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
