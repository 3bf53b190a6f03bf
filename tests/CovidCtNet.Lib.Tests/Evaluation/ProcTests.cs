using System.Text.Json;
using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>Intervals, tests, partial areas, coordinates and power equal those of R's pROC 1.18.0 to 1e-9 (its file holds 15 digits).</summary>
public sealed class ProcTests
{
    private const double Tolerance = 1e-9;

    public static TheoryData<string> Names => ReferenceValues.ProcNames;

    [Theory]
    [MemberData(nameof(Names))]
    public void DeLong_intervals(string name)
    {
        ReferenceSet set = ReferenceValues.Set(name);
        JsonElement expected = ReferenceValues.ProcSet(name);
        Interval interval = Auc.DeLong(set.Labels, set.Scores);
        ReferenceValues.Near(expected.Number("auc"), interval.Estimate, Tolerance, "auc");
        ReferenceValues.Near(expected.Number("lower"), interval.Lower, Tolerance, "lower");
        ReferenceValues.Near(expected.Number("upper"), interval.Upper, Tolerance, "upper");
        ReferenceValues.Near(expected.Number("lower90"), Auc.DeLong(set.Labels, set.Scores, 0.9).Lower, Tolerance, "lower at 90 %");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Partial_areas_and_coordinates(string name)
    {
        ReferenceSet set = ReferenceValues.Set(name);
        JsonElement expected = ReferenceValues.ProcSet(name);
        RocCurve curve = RocCurve.Compute(set.Labels, set.Scores);
        ReferenceValues.Near(expected.Number("partialSpecificity"), curve.PartialArea(0, 0.2), Tolerance, "partial area");

        // pROC gives no corrected area for curves below chance.
        double corrected = expected.Number("partialSpecificityCorrected");
        if (!double.IsNaN(corrected))
        {
            ReferenceValues.Near(corrected, curve.StandardizedPartialArea(0.1, 0.3), Tolerance, "corrected partial area");
        }

        ReferenceValues.Near(expected.Number("partialSensitivity"), curve.PartialAreaOverSensitivity(0.6, 0.95), Tolerance, "partial area over sensitivity");
        double[] at = expected.Numbers("at");
        ReferenceValues.Near(expected.Numbers("sensitivityAt"), [.. at.Select(x => curve.SensitivityAtSpecificity(x, interpolate: true))], Tolerance, "sensitivity");
        ReferenceValues.Near(expected.Numbers("specificityAt"), [.. at.Select(x => curve.SpecificityAtSensitivity(x, interpolate: true))], Tolerance, "specificity");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Youden_threshold(string name)
    {
        ReferenceSet set = ReferenceValues.Set(name);
        JsonElement expected = ReferenceValues.ProcSet(name).GetProperty("youden");
        DecisionThreshold chosen = Thresholds.Youden(set.Labels, set.Scores);
        double index = expected.Number("sensitivity") + expected.Number("specificity") - 1;
        ReferenceValues.Near(index, chosen.YoudenIndex, Tolerance, "Youden's index");
        if (index > 0)
        {
            ReferenceValues.Near(expected.Number("threshold"), chosen.Value, Tolerance, "threshold");
        }
    }

    [Theory]
    [InlineData("smooth")]
    [InlineData("tied")]
    [InlineData("grouped")]
    public void DeLong_tests(string name)
    {
        ReferenceSet set = ReferenceValues.Set(name);
        JsonElement paired = ReferenceValues.ProcSet(name).GetProperty("paired");
        Comparison test = Compare.DeLong(set.Labels, set.Scores, set.Second);
        ReferenceValues.Near(paired.Number("statistic"), test.Statistic, Tolerance, "z");
        ReferenceValues.Near(paired.Number("p"), test.PValue, Tolerance, "p");
        ReferenceValues.Near(paired.Number("lower"), test.Difference.Lower, Tolerance, "lower");
        ReferenceValues.Near(paired.Number("upper"), test.Difference.Upper, Tolerance, "upper");
        Assert.Null(test.DegreesOfFreedom);

        JsonElement unpaired = ReferenceValues.ProcSet(name).GetProperty("unpaired");
        Comparison welch = Compare.DeLongUnpaired(set.Labels, set.Scores, set.Labels, set.Second);
        ReferenceValues.Near(unpaired.Number("statistic"), welch.Statistic, Tolerance, "t");
        ReferenceValues.Near(unpaired.Number("df"), welch.DegreesOfFreedom!.Value, 1e-6, "degrees of freedom");
        ReferenceValues.Near(unpaired.Number("p"), welch.PValue, Tolerance, "p");
    }

    [Fact]
    public void Power_and_sample_size()
    {
        foreach (JsonElement row in ReferenceValues.Proc.GetProperty("power").EnumerateArray())
        {
            double auc = row.Number("auc");
            double ratio = row.Number("kappa");
            AucSampleSize size = AucPower.SampleSize(auc, 0.8, negativesPerPositive: ratio);
            Assert.Equal((int)Math.Ceiling(row.Number("positives")), size.Positives);
            Assert.Equal((int)Math.Ceiling(row.Number("negatives")), size.Negatives);
            ReferenceValues.Near(row.Number("power"), AucPower.Power(auc, 20, (int)(20 * ratio)), Tolerance, "power");
        }
    }
}
