using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>Laws that hold for any cases, on many seeded sets with few and many ties.</summary>
public sealed class PropertyTests
{
    public static TheoryData<int, int> Sets => [.. from seed in Enumerable.Range(1, 12) from levels in new[] { 3, 20, 100_000 } select (seed, levels)];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Rising_transforms_of_the_scores_change_no_ranking_figure(int seed, int levels)
    {
        (bool[] labels, double[] scores) = Generated.Cases(seed, 120, levels);
        double[] risen = [.. scores.Select(s => (Math.Exp(3 * s) * 7) - 100)];
        Assert.Equal(Auc.DeLong(labels, scores), Auc.DeLong(labels, risen));
        RocCurve a = RocCurve.Compute(labels, scores);
        RocCurve b = RocCurve.Compute(labels, risen);
        Assert.Equal(a.TruePositiveRates.ToArray(), b.TruePositiveRates.ToArray());
        Assert.Equal(a.FalsePositiveRates.ToArray(), b.FalsePositiveRates.ToArray());
        Assert.Equal(Thresholds.Youden(labels, scores).YoudenIndex, Thresholds.Youden(labels, risen).YoudenIndex);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Flipped_labels_and_turned_scores_mirror_the_figures(int seed, int levels)
    {
        (bool[] labels, double[] scores) = Generated.Cases(seed, 120, levels);
        bool[] flipped = [.. labels.Select(label => !label)];
        double[] turned = [.. scores.Select(s => 1 - s)];
        double auc = Auc.Compute(labels, scores);
        Assert.Equal(1 - auc, Auc.Compute(flipped, scores), 12);
        Assert.Equal(auc, Auc.Compute(flipped, turned), 12);
        Assert.Equal(ProperScores.Brier(labels, scores), ProperScores.Brier(flipped, turned), 12);

        // The threshold lies between scores, so that no case sits on it.
        double threshold = Thresholds.Youden(labels, scores).Value;
        ConfusionMatrix straight = ConfusionMatrix.Compute(labels, scores, threshold);
        ConfusionMatrix mirrored = ConfusionMatrix.Compute(flipped, turned, 1 - threshold);
        Assert.Equal(straight.Mcc, mirrored.Mcc, 12);
        Assert.Equal(straight.Kappa, mirrored.Kappa, 12);
        Assert.Equal(straight.Sensitivity, mirrored.Specificity, 12);
        Assert.Equal(straight.Precision, mirrored.NegativePredictiveValue, 12);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Whole_weights_are_repetitions(int seed, int levels)
    {
        (bool[] labels, double[] scores) = Generated.Cases(seed, 60, levels);
        var random = new Random(seed);
        double[] weights = [.. labels.Select((_, i) => i < 4 ? 1.0 : random.Next(4))];
        bool[] repeatedLabels = [.. labels.SelectMany((label, i) => Enumerable.Repeat(label, (int)weights[i]))];
        double[] repeatedScores = [.. scores.SelectMany((score, i) => Enumerable.Repeat(score, (int)weights[i]))];
        BinaryMetrics weighted = BinaryMetrics.Compute(labels, scores, 0.45, weights);
        BinaryMetrics repeated = BinaryMetrics.Compute(repeatedLabels, repeatedScores, 0.45);
        Assert.Equal(repeated.Confusion, weighted.Confusion);
        Assert.Equal(repeated.Auc, weighted.Auc, 12);
        Assert.Equal(repeated.AveragePrecision, weighted.AveragePrecision, 12);
        Assert.Equal(repeated.Brier, weighted.Brier, 12);
        Assert.Equal(repeated.LogLoss, weighted.LogLoss, 12);
        Assert.Equal(repeated.PartialAuc(0.3), weighted.PartialAuc(0.3), 12);
        Assert.Equal(repeated.SensitivityAtSpecificity(0.8), weighted.SensitivityAtSpecificity(0.8), 12);
        Assert.Equal(repeated.ExpectedCalibrationError(7, BinStrategy.EqualMass), weighted.ExpectedCalibrationError(7, BinStrategy.EqualMass), 12);
        Assert.Equal(repeated.ExpectedCalibrationError(7), weighted.ExpectedCalibrationError(7), 12);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Operating_points_of_metrics_and_curve_agree(int seed, int levels)
    {
        (bool[] labels, double[] scores) = Generated.Cases(seed, 90, levels);
        RocCurve curve = RocCurve.Compute(labels, scores);
        BinaryMetrics metrics = BinaryMetrics.Compute(labels, scores);
        foreach (double rate in new[] { 0, 0.05, 0.5, 0.9, 0.95, 1 })
        {
            Assert.Equal(curve.SensitivityAtSpecificity(rate), metrics.SensitivityAtSpecificity(rate), 12);
            Assert.Equal(curve.SpecificityAtSensitivity(rate), metrics.SpecificityAtSensitivity(rate), 12);
            DecisionThreshold sensitive = Thresholds.AtSensitivity(labels, scores, rate);
            Assert.True(sensitive.Sensitivity >= rate - 1e-9);
            Assert.Equal(curve.SpecificityAtSensitivity(rate), sensitive.Specificity, 12);
            DecisionThreshold specific = Thresholds.AtSpecificity(labels, scores, rate);
            Assert.True(specific.Specificity >= rate - 1e-9);
            Assert.Equal(curve.SensitivityAtSpecificity(rate), specific.Sensitivity, 12);

            // Frozen and applied to the same cases, a threshold does what it promised.
            ConfusionMatrix applied = ConfusionMatrix.Compute(labels, scores, specific.Value);
            Assert.Equal(specific.Sensitivity, applied.Sensitivity, 12);
            Assert.Equal(specific.Specificity, applied.Specificity, 12);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Least_cost_is_least_by_trying_all_thresholds(int seed, int levels)
    {
        (bool[] labels, double[] scores) = Generated.Cases(seed, 70, levels);
        DecisionThreshold chosen = Thresholds.MinimalCost(labels, scores, missCost: 5, falseAlarmCost: 1);
        double Cost(double threshold)
        {
            ConfusionMatrix calls = ConfusionMatrix.Compute(labels, scores, threshold);
            return (5 * calls.FalseNegatives) + calls.FalsePositives;
        }

        Assert.Equal(scores.Append(2).Min(Cost), Cost(chosen.Value));
        Assert.Equal(Thresholds.Youden(labels, scores).Value, Thresholds.MinimalCost(labels, scores, 1, 1, prevalence: 0.5).Value);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Figures_stay_in_their_bounds_and_intervals_hold_their_estimate(int seed, int levels)
    {
        (bool[] labels, double[] scores) = Generated.Cases(seed, 40, levels);
        BinaryMetrics metrics = BinaryMetrics.Compute(labels, scores, 0.4);
        foreach (double share in new[] { metrics.Auc, metrics.AveragePrecision, metrics.Accuracy, metrics.Brier, metrics.ExpectedCalibrationError(), metrics.PartialAuc(1) })
        {
            Assert.InRange(share, 0, 1);
        }

        Assert.InRange(metrics.Mcc, -1, 1);
        Assert.Equal(metrics.Auc, metrics.PartialAuc(1), 12);
        foreach (IntervalScale scale in Enum.GetValues<IntervalScale>())
        {
            Interval interval = Auc.DeLong(labels, scores, scale: scale);
            Assert.InRange(interval.Lower, 0, interval.Estimate);
            Assert.InRange(interval.Upper, interval.Estimate, 1);
            Assert.True(interval.Contains(interval.Estimate));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Calibrators_rise_and_lower_the_log_loss_they_minimise(int seed, int levels)
    {
        (bool[] labels, double[] scores) = Generated.Cases(seed, 200, levels);
        double[] probabilities = [.. scores.Select(s => 0.02 + (0.96 * s))];
        double before = ProperScores.LogLoss(labels, probabilities);
        double[] cooled = TemperatureScaling.Fit(labels, probabilities).Calibrate(probabilities);
        double[] isotonic = IsotonicCalibration.Fit(labels, probabilities).Calibrate(probabilities);
        Assert.True(ProperScores.LogLoss(labels, cooled) <= before + 1e-12);
        Assert.True(ProperScores.Brier(labels, isotonic) <= ProperScores.Brier(labels, probabilities) + 1e-12);
        Assert.Equal(labels.Average(label => label ? 1.0 : 0), isotonic.Average(), 12);
        double[] platt = PlattScaling.Fit(labels, probabilities).Calibrate(probabilities);
        int[] order = [.. Enumerable.Range(0, 200).OrderBy(i => probabilities[i])];
        for (int i = 1; i < order.Length; i++)
        {
            Assert.True(isotonic[order[i]] >= isotonic[order[i - 1]]);
            Assert.True(platt[order[i]] >= platt[order[i - 1]]);
        }
    }
}
