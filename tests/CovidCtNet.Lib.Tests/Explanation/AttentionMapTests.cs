using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>Maps are scaled as they say and land on the slice's own pixels, whichever way the slice was fitted.</summary>
public class AttentionMapTests
{
    private static readonly AttentionSource Source = new() { Method = "test" };

    [Theory]
    [InlineData(AttentionScaling.Positive, new[] { 0f, 0f, 0.5f, 1f })]
    [InlineData(AttentionScaling.Magnitude, new[] { 1f, 0f, 0.25f, 0.5f })]
    [InlineData(AttentionScaling.Range, new[] { 0f, 4f / 6, 5f / 6, 1f })]
    public void Raw_values_are_scaled_to_zero_to_one(AttentionScaling scaling, float[] expected)
    {
        var map = AttentionMap.FromPixels(Gray(2, 2), [-4, 0, 1, 2], scaling, Source);
        Assert.Equal(expected, map.Values.ToArray());
        Assert.Equal([-4f, 0, 1, 2], map.RawValues.ToArray());
        Assert.False(map.IsFlat);
    }

    [Fact]
    public void A_map_without_evidence_is_flat_and_zero()
    {
        var map = AttentionMap.FromPixels(Gray(2, 2), [-4, -1, 0, -2], AttentionScaling.Positive, Source);
        Assert.True(map.IsFlat);
        Assert.All(map.Values.ToArray(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void A_coarse_grid_is_interpolated_with_pixel_centres_aligned()
    {
        // Four pixels of each cell; centres at 1/8, 3/8, 5/8, 7/8 of two cells: beyond a cell's centre its value stays.
        var map = AttentionMap.FromRaw(Gray(4, 1), CtPlacement.Compute(4, 1, 4, 1, CtFit.Stretch), [0, 1], 2, 1, AttentionScaling.Positive, Source);
        Assert.Equal([0f, 0.25f, 0.75f, 1f], map.Values.ToArray());
    }

    [Fact]
    public void A_letterboxed_hot_spot_returns_to_its_place_in_the_slice()
    {
        // 200 x 100 in 50 x 50: a quarter of the size, 12 rows of padding above.
        var place = CtPlacement.Compute(200, 100, 50, 50, CtFit.Letterbox);
        var raw = new float[50 * 50];
        var (x, y) = place.ToTarget(150, 30);
        raw[((int)y * 50) + (int)x] = 1;
        var map = AttentionMap.FromRaw(Gray(200, 100), place, raw, 50, 50, AttentionScaling.Positive, Source);
        var (sumX, sumY, sum) = (0.0, 0.0, 0.0);
        for (var i = 0; i < map.Values.Length; i++)
        {
            sumX += map.Values[i] * ((i % 200) + 0.5);
            sumY += map.Values[i] * ((i / 200) + 0.5);
            sum += map.Values[i];
        }

        // The centre of the input pixel that was set, in the slice.
        var (expectedX, expectedY) = place.ToSource((int)x + 0.5, (int)y + 0.5);
        Assert.Equal(expectedX, sumX / sum, 1e-3);
        Assert.Equal(expectedY, sumY / sum, 1e-3);
        Assert.Equal(0, map.PaddingShare);
    }

    [Fact]
    public void Attention_in_the_padding_is_counted_and_not_shown()
    {
        var place = CtPlacement.Compute(100, 50, 50, 50, CtFit.Letterbox);
        var raw = new float[50 * 50];
        raw[(5 * 50) + 25] = 3;
        raw[(25 * 50) + 25] = 1;
        var map = AttentionMap.FromRaw(Gray(100, 50), place, raw, 50, 50, AttentionScaling.Positive, Source);
        Assert.Equal(0.75, map.PaddingShare, 1e-6);
        Assert.InRange(map.Values.ToArray().Max(), 0.1f, 1f / 3);
    }

    [Fact]
    public void Wrong_sizes_and_values_are_refused()
    {
        Assert.Throws<ArgumentException>(() => AttentionMap.FromPixels(Gray(2, 2), [1, 2, 3], AttentionScaling.Positive, Source));
        Assert.Throws<ArgumentException>(() => AttentionMap.FromPixels(Gray(2, 2), [1, 2, 3, float.NaN], AttentionScaling.Positive, Source));
        Assert.Throws<ArgumentException>(() =>
            AttentionMap.FromRaw(Gray(2, 2), CtPlacement.Compute(3, 2, 4, 4, CtFit.Stretch), [1], 1, 1, AttentionScaling.Positive, Source));
    }

    [Fact]
    public void Every_method_has_a_name_that_is_read_back()
    {
        foreach (var method in Enum.GetValues<AttentionMethod>())
        {
            Assert.True(AttentionMethodNames.TryParse(AttentionMethodNames.NameOf(method).ToUpperInvariant(), out var parsed));
            Assert.Equal(method, parsed);
        }

        Assert.False(AttentionMethodNames.TryParse("grad", out _));
    }

    internal static CtImage Gray(int width, int height) => CtImage.FromGray8(new byte[width * height], width, height);
}
