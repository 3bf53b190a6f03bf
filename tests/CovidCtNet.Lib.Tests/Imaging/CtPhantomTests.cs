using System.Security.Cryptography;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Tests.Imaging;

/// <summary>The phantom is the same everywhere, its masks are exact, and its tissues have the attenuation they claim.</summary>
public class CtPhantomTests
{
    private static readonly CtPhantomOptions WithOpacities = new() { Opacities = 5 };

    [Fact]
    public void Same_seed_gives_the_same_slice_on_every_machine()
    {
        var phantom = CtPhantom.Create(7, WithOpacities);
        var values = phantom.Image.Pixels.ToArray().SelectMany(v => BitConverter.GetBytes((short)v)).ToArray();

        // Taken once; whole HU and arithmetic that IEEE 754 rounds alike make it hold on any machine.
        Assert.Equal("aca7b391f1374a53", Convert.ToHexStringLower(SHA256.HashData(values))[..16]);
        Assert.Equal(2934, phantom.OpacityMask.Count(true));
        Assert.False(phantom.Image.Pixels.SequenceEqual(CtPhantom.Create(8, WithOpacities).Image.Pixels));
    }

    [Fact]
    public void Opacities_change_their_mask_and_nothing_else()
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var plain = CtPhantom.Create(seed);
            var ill = CtPhantom.Create(seed, WithOpacities);
            Assert.Equal(0, plain.OpacityMask.Count(true));
            Assert.InRange(ill.OpacityMask.Count(true), 300, 15_000);
            Assert.True(plain.LungMask.SequenceEqual(ill.LungMask));
            var (raised, unchanged) = (0.0, 0);
            for (var i = 0; i < plain.LungMask.Length; i++)
            {
                var difference = ill.Image.Pixels[i] - plain.Image.Pixels[i];
                Assert.True(!ill.OpacityMask[i] || ill.LungMask[i], "An opacity lies outside the lungs.");
                raised += ill.OpacityMask[i] ? difference : 0;
                unchanged += !ill.OpacityMask[i] && difference == 0 ? 1 : 0;
                if (!NearMask(ill, i))
                {
                    Assert.Equal(0, difference);
                }
            }

            // Hazy, not solid: a rise of 100 to 450 HU on average, from air-filled lung.
            Assert.InRange(raised / ill.OpacityMask.Count(true), 100, 450);
            Assert.True(unchanged > 0.8 * plain.LungMask.Length);
        }
    }

    [Fact]
    public void Tissues_have_their_attenuation()
    {
        var phantom = CtPhantom.Create(3, new CtPhantomOptions { Noise = 0 });
        var image = phantom.Image;
        Assert.Equal(CtValueKind.Hounsfield, image.ValueKind);
        Assert.Equal(-1000, image[2, 2]);
        var lung = new List<float>();
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            if (phantom.LungMask[i])
            {
                lung.Add(image.Pixels[i]);
            }
        }

        lung.Sort();
        Assert.InRange(lung.Count / (double)image.Pixels.Length, 0.15, 0.5);
        Assert.InRange(lung[lung.Count / 2], -900, -780);
        Assert.Contains(image.Pixels.ToArray(), v => v > 500);
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(512, 512)]
    [InlineData(100, 300)]
    public void Any_size_shows_a_chest(int width, int height)
    {
        var phantom = CtPhantom.Create(1, new CtPhantomOptions { Width = width, Height = height, Opacities = 3 });
        Assert.Equal((width, height), (phantom.Image.Width, phantom.Image.Height));
        Assert.True(phantom.LungMask.Count(true) > 0.03 * width * height);
        Assert.True(phantom.OpacityMask.Count(true) > 0);
    }

    [Fact]
    public void Noise_has_the_deviation_asked_for()
    {
        var quiet = CtPhantom.Create(2, new CtPhantomOptions { Noise = 0 }).Image;
        var noisy = CtPhantom.Create(2, new CtPhantomOptions { Noise = 20 }).Image;
        var squares = 0.0;
        var count = 0;
        for (var i = 0; i < quiet.Pixels.Length; i++)
        {
            // Air at -1000 is cut off at -1024.
            if (quiet.Pixels[i] > -900)
            {
                var difference = noisy.Pixels[i] - quiet.Pixels[i];
                squares += difference * difference;
                count++;
            }
        }

        // 50,000 correlated samples: the deviation is known to about one per cent.
        Assert.InRange(Math.Sqrt(squares / count), 19, 21);
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtPhantomOptions { Width = 63 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtPhantomOptions { Height = 2049 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtPhantomOptions { Opacities = 13 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CtPhantomOptions { Noise = double.NaN });
    }

    /// <summary>Within the one pixel that the scanner's blur reaches.</summary>
    private static bool NearMask(CtPhantom phantom, int index)
    {
        var (width, height) = (phantom.Image.Width, phantom.Image.Height);
        var (x, y) = (index % width, index / width);
        for (var row = Math.Max(0, y - 1); row <= Math.Min(height - 1, y + 1); row++)
        {
            for (var column = Math.Max(0, x - 1); column <= Math.Min(width - 1, x + 1); column++)
            {
                if (phantom.OpacityMask[(row * width) + column])
                {
                    return true;
                }
            }
        }

        return false;
    }
}
