using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests.Quantization;

/// <summary>Ranges and means of values seen, against values worked out by hand or by sorting.</summary>
public class CalibrationStatisticsTests
{
    [Fact]
    public void MinMax_is_the_lowest_and_highest_value_of_all_batches()
    {
        var statistics = new CalibrationStatistics();
        statistics.Add("x", [1, -2, 3], 1, 3);
        statistics.Add("x", [0.5f, 7, 1], 1, 3);
        Assert.Equal(new QuantizationRange(-2, 7), statistics.RangeOf("x", CalibrationMethod.MinMax));
    }

    [Fact]
    public void Range_holds_zero_and_zero_is_an_8_bit_value()
    {
        var range = new QuantizationRange(1, 3);
        Assert.Equal(0, range.Minimum);
        Assert.Equal(0, range.ZeroPoint);
        Assert.Equal(3.0 / 255, range.Scale, 7);
        Assert.Equal(255, new QuantizationRange(-4, -1).ZeroPoint);
        Assert.Equal(1, new QuantizationRange(0, 0).Scale);
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantizationRange(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantizationRange(0, float.NaN));
    }

    [Theory]
    [InlineData(99.9)]
    [InlineData(99)]
    public void Percentile_cuts_half_of_its_share_on_each_side(double percentile)
    {
        // Against the order statistics of the same values; a bin is 8 / 4096 wide at most (largest magnitude below 8).
        var values = Samples.Normal(new Random(3), 20000);
        var statistics = new CalibrationStatistics();
        foreach (var part in values.Chunk(1000))
        {
            statistics.Add("x", part, 1, part.Length);
        }

        var sorted = values.Order().ToArray();
        var cut = (int)((1 - (percentile / 100)) / 2 * values.Length);
        var range = statistics.RangeOf("x", CalibrationMethod.Percentile, percentile);
        Assert.Equal(sorted[cut], range.Minimum, 8.0 / 4096);
        Assert.Equal(sorted[^(cut + 1)], range.Maximum, 8.0 / 4096);
    }

    [Fact]
    public void Percentile_100_is_the_whole_range()
    {
        var statistics = new CalibrationStatistics();
        statistics.Add("x", [-0.3f, 0, 5.1f], 1, 3);
        Assert.Equal(new QuantizationRange(-0.3f, 5.1f), statistics.RangeOf("x", CalibrationMethod.Percentile, 100));
    }

    [Fact]
    public void Entropy_cuts_a_long_tail_and_keeps_a_flat_distribution()
    {
        var random = new Random(5);
        var tailed = new CalibrationStatistics();
        tailed.Add("x", [.. Samples.Normal(random, 50000), 40], 1, 50001);
        Assert.InRange(tailed.RangeOf("x", CalibrationMethod.Entropy).Maximum, 3, 20);

        var flat = new CalibrationStatistics();
        flat.Add("x", Samples.Uniform(random, 50000, -1, 1), 1, 50000);
        Assert.InRange(flat.RangeOf("x", CalibrationMethod.Entropy).Maximum, 0.9, 1);

        // Values on one side of 0: the range reaches to 0 all the same.
        var above = new CalibrationStatistics();
        above.Add("x", Samples.Uniform(random, 50000, 1, 2), 1, 50000);
        Assert.Equal(0, above.RangeOf("x", CalibrationMethod.Entropy).Minimum);
        Assert.InRange(above.RangeOf("x", CalibrationMethod.Entropy).Maximum, 1.8, 2);
    }

    [Fact]
    public void A_later_wider_batch_gives_the_ranges_of_one_batch()
    {
        var values = Samples.Normal(new Random(7), 4000);
        float[] wide = [.. values.Select(v => v * 9)];
        var (apart, together) = (new CalibrationStatistics(), new CalibrationStatistics());
        apart.Add("x", values, 1, values.Length);
        apart.Add("x", wide, 1, wide.Length);
        together.Add("x", [.. wide, .. values], 1, 2 * values.Length);
        Assert.Equal(together.RangeOf("x", CalibrationMethod.Percentile, 99), apart.RangeOf("x", CalibrationMethod.Percentile, 99));
    }

    [Fact]
    public void Channel_means_are_over_batch_and_pixels()
    {
        var statistics = new CalibrationStatistics();
        statistics.Add("x", [1, 3, 10, 30, 5, 7, 50, 70], 2, 2, 1, 2);
        Assert.Equal([4, 40], statistics.ChannelMeansOf("x"));
    }

    [Fact]
    public void What_cannot_be_counted_is_refused()
    {
        var statistics = new CalibrationStatistics();
        Assert.Contains("'x'", Assert.Throws<OnnxException>(() => statistics.Add("x", [1, float.NaN], 1, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<OnnxException>(() => statistics.Add("y", [1, float.PositiveInfinity], 1, 2));
        Assert.Throws<ArgumentException>(() => statistics.Add("z", [1, 2], 1, 3));
        Assert.Throws<OnnxException>(() => statistics.RangeOf("never", CalibrationMethod.MinMax));
    }
}
