using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Explanation.Pictures;
using CovidCtNet.Lib.Imaging;
using SkiaSharp;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>Colours rise in lightness where they claim to, and pictures show values, lines and text where they belong.</summary>
public class PictureTests
{
    [Theory]
    [InlineData("viridis", true)]
    [InlineData("cividis", true)]
    [InlineData("magma", true)]
    [InlineData("inferno", true)]
    [InlineData("jet", false)]
    public void Uniform_colour_maps_rise_in_lightness_and_jet_does_not(string name, bool rises)
    {
        var lightness = Enumerable.Range(0, 64).Select(i => Lightness(ColorMap.Find(name)!.ColorOf(i / 63f))).ToArray();
        Assert.Equal(rises, lightness.Zip(lightness.Skip(1)).All(pair => pair.Second > pair.First));
        if (rises)
        {
            // Equal steps of the value are about equal steps of lightness. The first colours of magma are so dark that 8 bits are too coarse.
            var step = (lightness[^1] - lightness[0]) / 63;
            Assert.All(lightness.Zip(lightness.Skip(1)).Skip(2), pair => Assert.InRange(pair.Second - pair.First, 0.4 * step, 1.8 * step));
        }
    }

    [Fact]
    public void Colours_equal_those_of_Matplotlib()
    {
        Assert.Equal((68, 1, 84), ColorMap.Viridis.ColorOf(0));
        Assert.Equal((33, 145, 140), ColorMap.Viridis.ColorOf(128 / 255f));
        Assert.Equal((253, 231, 37), ColorMap.Viridis.ColorOf(2));
        Assert.Equal((254, 232, 56), ColorMap.Cividis.ColorOf(1));
        Assert.Equal((0, 0, 4), ColorMap.Magma.ColorOf(float.NaN));
    }

    [Fact]
    public void Full_opacity_shows_the_colour_and_no_attention_shows_the_slice()
    {
        var image = CtImage.FromGray8([.. Enumerable.Repeat((byte)100, 64 * 64)], 64, 64);
        var values = new float[64 * 64];
        values.AsSpan(0, 64 * 32).Fill(1);
        var map = AttentionMap.FromPixels(image, values, AttentionScaling.Positive, new AttentionSource { Method = "test" });
        using var picture = SKBitmap.Decode(map.ToOverlayPng(new OverlayOptions { Opacity = 1, Colors = ColorMap.Viridis, ColorBar = false, Contours = [], Title = "", MinimumSide = 64 }));
        Assert.Equal((64, 64), (picture.Width, picture.Height));
        Assert.Equal(new SKColor(253, 231, 37), picture.GetPixel(30, 5));
        Assert.Equal(new SKColor(100, 100, 100), picture.GetPixel(30, 60));
    }

    [Fact]
    public void A_contour_runs_where_the_value_crosses_its_level()
    {
        // A ramp along x crosses 0.5 at x = 10 exactly; every segment of the contour lies there.
        var ramp = Enumerable.Range(0, 20 * 6).Select(i => ((i % 20) + 0.5f) / 20).ToArray();
        var segments = MapContours.OfLevel(ramp, 20, 6, 0.5f);
        Assert.Equal(5, segments.Count);
        Assert.All(segments, s => Assert.Equal((10f, 10f), (MathF.Round(s.From.X, 4), MathF.Round(s.To.X, 4))));
    }

    [Fact]
    public void The_outline_of_an_annotation_and_the_title_are_drawn()
    {
        var image = AttentionMapTests.Gray(200, 200);
        var map = AttentionMap.FromPixels(image, new float[200 * 200], AttentionScaling.Positive, new AttentionSource { Method = "grad-cam" });
        var plain = new OverlayOptions { ColorBar = false, Contours = [], Title = "", MinimumSide = 200 };
        var outlined = plain with { Annotation = InfectionAnnotation.FromMask(AnnotationTests.Disk(200, 200, 100, 100, 30), 200, 200) };
        Assert.Equal(0, Bright(map, plain));

        // A circle of radius 30 has a stepped outline of 8 x 30 pixels' edges, about two pixels wide.
        Assert.InRange(Bright(map, outlined), 200, 900);
        Assert.InRange(Bright(map, plain with { Title = null }), 100, 3000);
    }

    [Fact]
    public void Maps_without_a_class_are_told_apart_by_their_layer()
    {
        var image = AttentionMapTests.Gray(300, 200);
        var source = new AttentionSource { Method = "attention", TargetLayer = "attention1/mask/values" };
        var masks = new[] { source, source with { TargetLayer = "attention2/mask/values" }, source with { ClassIndex = 0 } }
            .Select(s => OverlayPainter.TitleOf(AttentionMap.FromPixels(image, new float[300 * 200], AttentionScaling.Positive, s)));
        Assert.Equal(["attention: attention1/mask/values", "attention: attention2/mask/values", "attention: 0"], masks);
    }

    [Fact]
    public void A_panel_has_a_tile_for_the_slice_and_each_map()
    {
        var image = AttentionMapTests.Gray(100, 80);
        var map = AttentionMap.FromPixels(image, new float[8000], AttentionScaling.Positive, new AttentionSource { Method = "x" });
        using var one = SKBitmap.Decode(AttentionPanel.ToPng(image, [map], new OverlayOptions { MinimumSide = 80 }));
        using var four = SKBitmap.Decode(AttentionPanel.ToPng(image, [map, map, map, map], new OverlayOptions { MinimumSide = 80 }));
        Assert.Equal(2 * (100 + 6), four.Width - one.Width);
        Assert.True(four.Height > one.Height + 80);
        Assert.Throws<ArgumentException>(() => AttentionPanel.ToPng(AttentionMapTests.Gray(9, 9), [map]));
    }

    private static int Bright(AttentionMap map, OverlayOptions options)
    {
        using var picture = SKBitmap.Decode(map.ToOverlayPng(options));
        return picture.Pixels.Count(p => p.Green > 128);
    }

    /// <summary>CIE L* of an sRGB colour (IEC 61966-2-1, CIE 15).</summary>
    private static double Lightness((byte Red, byte Green, byte Blue) color)
    {
        static double Linear(byte v) => v / 255.0 <= 0.04045 ? v / 255.0 / 12.92 : Math.Pow(((v / 255.0) + 0.055) / 1.055, 2.4);
        var y = (0.2126 * Linear(color.Red)) + (0.7152 * Linear(color.Green)) + (0.0722 * Linear(color.Blue));
        return y > 216.0 / 24389 ? (116 * Math.Cbrt(y)) - 16 : y * 24389 / 27;
    }
}
