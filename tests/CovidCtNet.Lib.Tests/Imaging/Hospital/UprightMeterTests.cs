using CovidCtNet.Lib.Imaging.Gate;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>Each sign of the back is measured alone, on drawn slices whose values follow from the drawing, and turns with the slice.</summary>
public class UprightMeterTests
{
    private const int Side = GateMeter.Side;
    private const float Air = 0;
    private const float Tissue = 0.8f;

    // Lungs fill rows 30 to 59, tissue rows 20 to 69 and columns 10 to 85.
    private const int LungTop = 30;
    private const int LungRows = 30;

    [Fact]
    public void Bone_is_measured_in_heights_of_the_lungs()
    {
        var slice = Slice((_, _) => 0.2f);
        Assert.Equal(0, Measure(slice).BoneBelow, 1e-9);
        for (var y = 62; y < 66; y++)
        {
            slice.AsSpan((y * Side) + 40, 16).Fill(0.95f);
        }

        // 64 of 2,300 pixels of tissue are less than a twentieth: all tissue is at or above the limit, so that nothing is told apart.
        Assert.Equal(0, Measure(slice).BoneBelow, 1e-9);
        for (var y = 62; y < 66; y++)
        {
            slice.AsSpan((y * Side) + 20, 56).Fill(0.95f);
        }

        // The mean row of tissue is 44.5; the hundredth pixels from either end lie in the first and last row of the lungs, 29 rows apart.
        Assert.Equal((63.5 - 44.5) / (LungRows - 1), Measure(slice).BoneBelow, 1e-9);
    }

    [Fact]
    public void Gradient_is_a_rank_correlation_within_the_lungs()
    {
        Assert.Equal(0, Measure(Slice((_, _) => 0.2f)).LungGradient, 1e-9);

        // Steps of any size: only the order counts.
        Assert.Equal(1, Measure(Slice((_, y) => 0.1f + (0.2f * MathF.Pow(y / 96f, 3)))).LungGradient, 1e-9);
        Assert.Equal(-1, Measure(Slice((_, y) => 0.4f - (0.2f * MathF.Pow(y / 96f, 3)))).LungGradient, 1e-9);
        Assert.Equal(0, Measure(Slice((x, _) => 0.1f + (0.002f * x))).LungGradient, 1e-9);
    }

    [Fact]
    public void A_table_is_bright_and_apart_from_the_body()
    {
        var slice = Slice((_, _) => 0.2f);
        Assert.Equal(0, Measure(slice).Table, 1e-9);
        slice.AsSpan((80 * Side) + 20, 48).Fill(Tissue);
        Assert.Equal(48.0 / Side, Measure(slice).Table, 1e-9);

        // Bright things within the lungs are vessels.
        slice.AsSpan((45 * Side) + 24, 10).Fill(Tissue);
        Assert.Equal(48.0 / Side, Measure(slice).Table, 1e-9);
        slice.AsSpan((70 * Side) + 40, 10 * Side).Fill(Tissue);
        Assert.Equal(0, Measure(slice).Table, 1e-9);
    }

    [Fact]
    public void Turning_a_slice_turns_the_signs()
    {
        var slice = Slice((_, y) => 0.1f + (0.001f * y));
        slice.AsSpan(62 * Side, 4 * Side).Fill(0.95f);
        slice.AsSpan((80 * Side) + 20, 48).Fill(Tissue);
        var upright = Measure(slice);
        var turned = Measure([.. slice.Chunk(Side).Reverse().SelectMany(row => row)]);
        Assert.True(upright is { BoneBelow: > 0.1, LungGradient: > 0.9, Table: > 0.4 }, upright.ToString());
        Assert.Equal(-upright.BoneBelow, turned.BoneBelow, 1e-9);
        Assert.Equal(-upright.LungGradient, turned.LungGradient, 1e-9);
        Assert.Equal(-upright.Table, turned.Table, 1e-9);
    }

    private static UprightMeter Measure(float[] slice)
    {
        bool[] bright = [.. slice.Select(v => v > 0.5f)];
        return UprightMeter.Measure(slice, bright, [.. slice.Select(v => v is > Air and <= 0.5f)]);
    }

    /// <summary>A block of tissue with two lungs in it.</summary>
    private static float[] Slice(Func<int, int, float> lung)
        => [.. Enumerable.Range(0, Side * Side).Select(i => (X: i % Side, Y: i / Side)).Select(p =>
            p.X is < 10 or > 85 || p.Y is < 20 or > 69 ? Air
            : p.Y is >= LungTop and < LungTop + LungRows && p.X is (>= 18 and < 43) or (>= 53 and < 78) ? lung(p.X, p.Y)
            : Tissue)];
}
