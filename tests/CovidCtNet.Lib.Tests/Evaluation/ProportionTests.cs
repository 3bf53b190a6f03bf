using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>Intervals of proportions agree with published tables.</summary>
public sealed class ProportionTests
{
    // Newcombe, Statistics in Medicine 1998; 17: 857-872, table I: methods 3 (score) and 5 (Clopper-Pearson), four decimals.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662, 0.2527, 0.3676)]
    [InlineData(15, 148, 0.0624, 0.1605, 0.0578, 0.1617)]
    [InlineData(0, 20, 0.0000, 0.1611, 0.0000, 0.1684)]
    [InlineData(1, 29, 0.0061, 0.1718, 0.0009, 0.1776)]
    public void Intervals_are_those_of_Newcombe_1998(int successes, int trials, double wilsonLow, double wilsonHigh, double exactLow, double exactHigh)
    {
        Interval wilson = Proportion.Wilson(successes, trials);
        Interval exact = Proportion.ClopperPearson(successes, trials);
        Assert.Equal(wilsonLow, wilson.Lower, 4);
        Assert.Equal(wilsonHigh, wilson.Upper, 4);
        Assert.Equal(exactLow, exact.Lower, 4);
        Assert.Equal(exactHigh, exact.Upper, 4);
    }

    [Fact]
    public void Ends_are_exact_and_mirrored()
    {
        Assert.Equal(0, Proportion.Wilson(0, 10).Lower);
        Assert.Equal(1, Proportion.Wilson(10, 10).Upper);
        Assert.Equal(1, Proportion.ClopperPearson(10, 10).Upper);
        Assert.Equal(Proportion.ClopperPearson(3, 10).Lower, 1 - Proportion.ClopperPearson(7, 10).Upper, 12);
        Interval none = Proportion.Wilson(0, 0);
        Assert.True(double.IsNaN(none.Estimate));
        Assert.Equal((0, 1), (none.Lower, none.Upper));
    }

    [Fact]
    public void Impossible_counts_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.Wilson(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.Wilson(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.ClopperPearson(1, 2, level: 95));
    }
}
