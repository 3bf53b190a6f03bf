using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>The fitted temperature is the minimum of the log loss.</summary>
public sealed class TemperatureScalingTests
{
    [Theory]
    [InlineData(0.6)]
    [InlineData(0.75)]
    [InlineData(0.9)]
    public void Two_valued_logits_have_a_closed_form(double right)
    {
        // With logits of +-2 of which a share r points the right way, the loss is least where sigmoid(2 / T) = r.
        bool[] labels = [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0)];
        double[] logits = [.. labels.Select((label, i) => (label ? 2.0 : -2.0) * (i < 100 * right ? 1 : -1))];
        TemperatureScaling fitted = TemperatureScaling.FitLogits(labels, logits);
        Assert.Equal(2 / Math.Log(right / (1 - right)), fitted.Temperature, 9);
        Assert.Equal(right, fitted.CalibrateLogit(2), 9);
        Assert.False(fitted.IsAtBound);
    }

    [Fact]
    public void Probabilities_and_logits_give_the_same_temperature()
    {
        (bool[] labels, double[] scores) = Generated.Cases(3, 300, 1000);
        double[] probabilities = [.. scores.Select(s => 0.01 + (0.98 * s))];
        double[] logits = [.. probabilities.Select(p => Math.Log(p / (1 - p)))];
        Assert.Equal(TemperatureScaling.FitLogits(labels, logits).Temperature, TemperatureScaling.Fit(labels, probabilities).Temperature, 9);
    }

    [Fact]
    public void Separated_and_reversed_logits_stop_at_the_bounds()
    {
        TemperatureScaling separated = TemperatureScaling.FitLogits([true, false], [3, -3]);
        TemperatureScaling reversed = TemperatureScaling.FitLogits([true, false], [-3, 3]);
        Assert.Equal((TemperatureScaling.MinTemperature, true), (separated.Temperature, separated.IsAtBound));
        Assert.Equal((TemperatureScaling.MaxTemperature, true), (reversed.Temperature, reversed.IsAtBound));
    }

    [Fact]
    public void Calibration_keeps_the_ends_and_refuses_what_is_no_probability()
    {
        var half = new TemperatureScaling(2);
        Assert.Equal(0.5, half.Calibrate(0.5), 15);
        Assert.InRange(half.Calibrate(1), 0.9999, 1);
        Assert.Throws<EvaluationDataException>(() => half.Calibrate(1.5));
        Assert.Throws<EvaluationDataException>(() => half.Calibrate(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TemperatureScaling(0));
    }
}
