using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>Chosen thresholds are optimal on the cases they were chosen on, and finite.</summary>
public sealed class ThresholdsTests
{
    [Fact]
    public void Youden_lies_midway_between_the_scores_it_parts()
    {
        // >= 0.6 calls two of three positives and no negative: J = 2/3; >= 0.3 adds the third with one of two negatives: J = 1/2.
        DecisionThreshold chosen = Thresholds.Youden([true, true, true, false, false], [0.9, 0.6, 0.3, 0.4, 0.1]);
        Assert.Equal(0.5, chosen.Value, 12);
        Assert.Equal(2 / 3.0, chosen.Sensitivity, 12);
        Assert.Equal(1, chosen.Specificity);
        Assert.Equal(2 / 3.0, chosen.YoudenIndex, 12);
        Assert.True(chosen.IsPositive(0.5));
    }

    [Fact]
    public void Useless_scores_still_give_a_finite_threshold()
    {
        DecisionThreshold reversed = Thresholds.Youden([true, false], [0.1, 0.9]);
        Assert.True(reversed.Value > 0.9 && double.IsFinite(reversed.Value));
        Assert.Equal((0, 1), (reversed.Sensitivity, reversed.Specificity));
        Assert.Equal(0, Thresholds.Youden([true, false], [0.5, 0.5]).YoudenIndex);
    }

    [Fact]
    public void Neighbouring_doubles_are_still_parted()
    {
        double low = 0.5;
        double high = Math.BitIncrement(low);
        DecisionThreshold chosen = Thresholds.Youden([true, false], [high, low]);
        Assert.True(chosen.IsPositive(high));
        Assert.False(chosen.IsPositive(low));
    }
}
