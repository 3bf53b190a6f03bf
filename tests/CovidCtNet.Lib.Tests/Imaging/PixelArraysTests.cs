using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Tests.Imaging;

/// <summary>Pooled pixels give the values of new ones, and slices that a caller loads are their own.</summary>
public class PixelArraysTests
{
    [Fact]
    public void Lent_arrays_give_the_same_plane_and_are_used_again()
    {
        var folder = Directory.CreateTempSubdirectory("covidctnet-pixels-");
        try
        {
            var preprocessing = new CtPreprocessing { Width = 64, Height = 64 };
            for (var i = 0; i < 3; i++)
            {
                var path = Path.Combine(folder.FullName, $"{i}.png");
                CtPhantom.Create(i).Image.SavePng(path);
                var expected = preprocessing.Apply(CtImage.Load(path));
                var actual = new float[expected.Length];
                using (PixelArrays.Lend())
                {
                    var slice = CtImage.Load(path);
                    Assert.Equal(slice.Width * slice.Height, slice.Pixels.Length);
                    Assert.Equal(slice.Width * slice.Height, slice.PixelMemory.Length);
                    preprocessing.Apply(slice, actual);
                }

                Assert.Equal(expected, actual);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Outside_a_loan_every_array_is_new_and_exact()
    {
        using (PixelArrays.Lend())
        {
            using (PixelArrays.Lend())
            {
                Assert.True(PixelArrays.Allocate(1000).Length >= 1000);
            }

            Assert.True(PixelArrays.Allocate(1000).Length >= 1000);
        }

        var first = PixelArrays.Allocate(1000);
        Assert.Equal(1000, first.Length);
        Assert.NotSame(first, PixelArrays.Allocate(1000));
    }
}
