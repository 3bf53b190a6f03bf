using System.Text.Json;
using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>
/// Every figure equals that of scikit-learn 1.2.1 to 1e-12, on smooth, tied, weighted, separated, reversed and constant scores. The
/// tolerance is a few thousand roundings of numbers near 1: both sides sum in another order.
/// </summary>
public sealed class ScikitLearnTests
{
    private const double Tolerance = 1e-12;

    public static TheoryData<string> Names => ReferenceValues.SetNames;

    /// <summary>scikit-learn's calibration_curve takes no weights.</summary>
    public static TheoryData<string> Unweighted =>
        [.. ReferenceValues.SetNames.Select(row => row.Data).Where(name => ReferenceValues.Set(name).Weights.Length == 0)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Roc_curve_and_areas(string name)
    {
        ReferenceSet set = ReferenceValues.Set(name);
        RocCurve curve = RocCurve.Compute(set.Labels, set.Scores, set.Weights);
        ReferenceValues.Near(set.Json.Numbers("fpr"), [.. curve.FalsePositiveRates], Tolerance, "fpr");
        ReferenceValues.Near(set.Json.Numbers("tpr"), [.. curve.TruePositiveRates], Tolerance, "tpr");
        Assert.Equal(set.Json.Numbers("rocThresholds"), curve.Thresholds[1..].ToArray());
        Assert.Equal(new RocPoint(0, 0, double.PositiveInfinity), curve[0]);
        ReferenceValues.Near(set.Json.Number("auc"), curve.Auc, Tolerance, "auc");
        ReferenceValues.Near(set.Json.Number("auc"), Auc.Compute(set.Labels, set.Scores, set.Weights), Tolerance, "auc");
        BinaryMetrics metrics = BinaryMetrics.Compute(set.Labels, set.Scores, weights: set.Weights);
        foreach ((string property, double limit) in new[] { ("partialAuc10", 0.1), ("partialAuc35", 0.35) })
        {
            double expected = set.Json.Number(property);
            ReferenceValues.Near(expected, Auc.Partial(set.Labels, set.Scores, limit, set.Weights), Tolerance, property);
            ReferenceValues.Near(expected, metrics.PartialAuc(limit), Tolerance, property);
        }

        ReferenceValues.Near(curve.Auc, curve.PartialArea(0, 1), Tolerance, "whole area");
        ReferenceValues.Near(curve.Auc, curve.WithoutCollinearPoints().PartialArea(0, 1), Tolerance, "area without collinear points");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Precision_recall_curve_and_average_precision(string name)
    {
        ReferenceSet set = ReferenceValues.Set(name);
        PrecisionRecallCurve curve = PrecisionRecallCurve.Compute(set.Labels, set.Scores, set.Weights);
        ReferenceValues.Near([.. set.Json.Numbers("precision").Reverse()], [.. curve.Precision], Tolerance, "precision");
        ReferenceValues.Near([.. set.Json.Numbers("recall").Reverse()], [.. curve.Recall], Tolerance, "recall");
        Assert.Equal(set.Json.Numbers("prThresholds").Reverse(), curve.Thresholds[1..].ToArray());
        ReferenceValues.Near(set.Json.Number("averagePrecision"), curve.AveragePrecision, Tolerance, "average precision");
        ReferenceValues.Near(set.Json.Number("averagePrecision"), BinaryMetrics.Compute(set.Labels, set.Scores, weights: set.Weights).AveragePrecision, Tolerance, "average precision");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Losses(string name)
    {
        ReferenceSet set = ReferenceValues.Set(name);
        BinaryMetrics metrics = BinaryMetrics.Compute(set.Labels, set.Scores, weights: set.Weights);
        ReferenceValues.Near(set.Json.Number("brier"), ProperScores.Brier(set.Labels, set.Scores, set.Weights), Tolerance, "brier");
        ReferenceValues.Near(set.Json.Number("brier"), metrics.Brier, Tolerance, "brier");
        ReferenceValues.Near(set.Json.Number("logLoss"), ProperScores.LogLoss(set.Labels, set.Scores, set.Weights), Tolerance, "log loss");
        ReferenceValues.Near(set.Json.Number("logLoss"), metrics.LogLoss, Tolerance, "log loss");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Figures_at_thresholds(string name)
    {
        ReferenceSet set = ReferenceValues.Set(name);
        foreach (JsonElement at in set.Json.GetProperty("atThreshold").EnumerateArray())
        {
            double threshold = at.Number("threshold");
            ConfusionMatrix direct = ConfusionMatrix.Compute(set.Labels, set.Scores, threshold, set.Weights);
            BinaryMetrics ranked = BinaryMetrics.Compute(set.Labels, set.Scores, threshold, set.Weights);
            Assert.Equal(threshold, ranked.Threshold);
            foreach (ConfusionMatrix matrix in new[] { direct, ranked.Confusion })
            {
                ReferenceValues.Near(at.Number("tp"), matrix.TruePositives, Tolerance * 100, "tp");
                ReferenceValues.Near(at.Number("fp"), matrix.FalsePositives, Tolerance * 100, "fp");
                ReferenceValues.Near(at.Number("fn"), matrix.FalseNegatives, Tolerance * 100, "fn");
                ReferenceValues.Near(at.Number("tn"), matrix.TrueNegatives, Tolerance * 100, "tn");
                ReferenceValues.Near(at.Number("accuracy"), matrix.Accuracy, Tolerance, "accuracy");
                ReferenceValues.Near(at.Number("balancedAccuracy"), matrix.BalancedAccuracy, Tolerance, "balanced accuracy");
                ReferenceValues.Near(at.Number("sensitivity"), matrix.Sensitivity, Tolerance, "sensitivity");
                ReferenceValues.Near(at.Number("specificity"), matrix.Specificity, Tolerance, "specificity");
                ReferenceValues.Near(at.Number("precision"), matrix.Precision, Tolerance, "precision");
                ReferenceValues.Near(at.Number("npv"), matrix.NegativePredictiveValue, Tolerance, "npv");
                ReferenceValues.Near(at.Number("f1"), matrix.F1, Tolerance, "f1");
                ReferenceValues.Near(at.Number("mcc"), matrix.Mcc, Tolerance, "mcc");
                ReferenceValues.Near(at.Number("kappa"), matrix.Kappa, Tolerance, "kappa");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Unweighted))]
    public void Reliability_curves(string name)
    {
        ReferenceSet set = ReferenceValues.Set(name);
        foreach ((string reference, BinStrategy strategy) in new[] { ("uniform", BinStrategy.EqualWidth), ("quantile", BinStrategy.EqualMass) })
        {
            foreach (int bins in new[] { 5, 10 })
            {
                JsonElement expected = set.Json.GetProperty($"{reference}{bins}");
                ReliabilityCurve curve = ReliabilityCurve.Compute(set.Labels, set.Scores, bins, strategy);
                ReferenceValues.Near(expected.Numbers("observed"), [.. curve.Select(bin => bin.ObservedFrequency)], Tolerance, $"{reference}{bins} observed");
                ReferenceValues.Near(expected.Numbers("predicted"), [.. curve.Select(bin => bin.MeanProbability)], Tolerance, $"{reference}{bins} predicted");
                Assert.Equal(set.Labels.Length, curve.Sum(bin => bin.Weight));
                double error = curve.Sum(bin => bin.Weight * Math.Abs(bin.ObservedFrequency - bin.MeanProbability)) / set.Labels.Length;
                ReferenceValues.Near(error, curve.ExpectedCalibrationError, Tolerance, "ece");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Isotonic_regression(string name)
    {
        ReferenceSet set = ReferenceValues.Set(name);
        IsotonicCalibration fitted = IsotonicCalibration.Fit(set.Labels, set.Scores, set.Weights);
        JsonElement expected = set.Json.GetProperty("isotonic");
        ReferenceValues.Near(expected.Numbers("is"), fitted.Calibrate(expected.Numbers("at")), Tolerance, "isotonic");
    }

    [Fact]
    public void Platt_scaling()
    {
        // scikit-learn stops its BFGS at gradients of 1e-5, so its parameters are good to about five digits.
        ReferenceSet set = ReferenceValues.Set("smooth");
        JsonElement expected = ReferenceValues.Python.GetProperty("recalibration");
        PlattScaling fitted = PlattScaling.Fit(set.Labels, set.Scores);
        ReferenceValues.Near(expected.Number("plattSlope"), fitted.Slope, 1e-5, "slope");
        ReferenceValues.Near(expected.Number("plattIntercept"), fitted.Intercept, 1e-5, "intercept");
    }
}
