using System.Text.Json;
using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>Intervals of proportions, McNemar's test, recalibration, BCa limits and clustered variances equal independent computations.</summary>
public sealed class StatisticsReferenceTests
{
    [Fact]
    public void Proportion_intervals_are_those_of_statsmodels()
    {
        // 1e-10: statsmodels' exact limits come from SciPy's beta quantile, which is no better.
        foreach (JsonElement row in ReferenceValues.Python.GetProperty("proportions").EnumerateArray())
        {
            long successes = row.GetProperty("successes").GetInt64();
            long trials = row.GetProperty("trials").GetInt64();
            Interval wilson = Proportion.Wilson(successes, trials, row.Number("level"));
            Interval exact = Proportion.ClopperPearson(successes, trials, row.Number("level"));
            ReferenceValues.Near(row.Numbers("wilson"), [wilson.Lower, wilson.Upper], 1e-12, $"Wilson {successes}/{trials}");
            double[] expected = [.. row.Numbers("exact").Select((limit, side) => double.IsNaN(limit) ? side : limit)];
            ReferenceValues.Near(expected, [exact.Lower, exact.Upper], 1e-10, $"Clopper-Pearson {successes}/{trials}");
        }
    }

    [Fact]
    public void McNemar_is_that_of_statsmodels()
    {
        foreach (JsonElement row in ReferenceValues.Python.GetProperty("mcnemar").EnumerateArray())
        {
            int[] counts = [.. new[] { "both", "onlyFirst", "onlySecond", "neither" }.Select(name => row.GetProperty(name).GetInt32())];
            (bool[] labels, bool[] first, bool[] second) = Calls(counts);
            Comparison exact = Compare.McNemar(labels, first, second);
            ReferenceValues.Near(row.Number("exact"), exact.PValue, 1e-12, "exact");
            ReferenceValues.Near((counts[0] + counts[1]) / (double)labels.Length, exact.First, 1e-12, "first accuracy");
            ReferenceValues.Near((counts[0] + counts[2]) / (double)labels.Length, exact.Second, 1e-12, "second accuracy");
            double midP = Compare.McNemar(labels, first, second, McNemarMethod.MidP).PValue;
            Assert.True(midP <= exact.PValue);

            // Without discordant cases the references divide by zero, and an equal split is over-corrected by statsmodels.
            if (counts[1] != counts[2])
            {
                ReferenceValues.Near(row.Number("chiSquare"), Compare.McNemar(labels, first, second, McNemarMethod.ChiSquare).PValue, 1e-12, "chi-square");
                ReferenceValues.Near(row.Number("corrected"), Compare.McNemar(labels, first, second, McNemarMethod.ChiSquareCorrected).PValue, 1e-12, "corrected");
            }
            else
            {
                Assert.Equal(1, Compare.McNemar(labels, first, second, McNemarMethod.ChiSquareCorrected).PValue);
            }
        }
    }

    [Fact]
    public void Paired_difference_has_the_interval_of_Newcombe()
    {
        // Statistics in Medicine 1998; 17: 2635-2650, table II, first example by method 10.
        (bool[] labels, bool[] first, bool[] second) = Calls([36, 12, 2, 0]);
        Interval difference = Compare.McNemar(labels, first, second).Difference;
        ReferenceValues.Near([0.0569, 0.3404], [difference.Lower, difference.Upper], 5e-5, "published limits");
        foreach (JsonElement row in ReferenceValues.Python.GetProperty("mcnemar").EnumerateArray())
        {
            int[] counts = [.. new[] { "both", "onlyFirst", "onlySecond", "neither" }.Select(name => row.GetProperty(name).GetInt32())];
            (labels, first, second) = Calls(counts);
            difference = Compare.McNemar(labels, first, second).Difference;
            Interval swapped = Compare.McNemar(labels, second, first).Difference;
            ReferenceValues.Near(row.Numbers("newcombe"), [difference.Lower, difference.Upper], 1e-12, "limits");
            ReferenceValues.Near([-difference.Upper, -difference.Lower], [swapped.Lower, swapped.Upper], 1e-12, "swapped limits");
        }
    }

    [Fact]
    public void Calibration_in_the_large_and_slope_are_those_of_statsmodels()
    {
        ReferenceSet set = ReferenceValues.Set("smooth");
        JsonElement expected = ReferenceValues.Python.GetProperty("recalibration");
        CalibrationSummary summary = CalibrationSummary.Compute(set.Labels, set.Scores);
        ReferenceValues.Near(expected.Number("intercept"), summary.Intercept, 1e-8, "intercept");
        ReferenceValues.Near(expected.Number("slope"), summary.Slope, 1e-8, "slope");
        ReferenceValues.Near(set.Labels.Average(label => label ? 1.0 : 0) / set.Scores.Average(), summary.ObservedToExpected, 1e-12, "O/E");
    }

    [Fact]
    public void BCa_limits_are_those_of_SciPy()
    {
        ReferenceSet set = ReferenceValues.Set("smooth");
        JsonElement expected = ReferenceValues.Python.GetProperty("bca");
        double estimate = Auc.Compute(set.Labels, set.Scores);
        Interval limits = BootstrapLimits.Read(estimate, expected.Numbers("replicates"), expected.Number("acceleration"), 0.95, string.Empty);
        ReferenceValues.Near(expected.Number("lower"), limits.Lower, 1e-10, "lower");
        ReferenceValues.Near(expected.Number("upper"), limits.Upper, 1e-10, "upper");
        Assert.Equal("BCa bootstrap", limits.Method);

        var resampler = new Resampler([RankedCases.Create(set.Labels, set.Scores)], [0.5], null, stratified: true);
        double[] acceleration = BootstrapRun.Accelerations(resampler, 1, (m, values) => values[0] = m[0].Auc, new BootstrapOptions(), TestContext.Current.CancellationToken);
        ReferenceValues.Near(expected.Number("acceleration"), acceleration[0], 1e-12, "acceleration");
    }

    [Fact]
    public void Grouped_DeLong_is_the_definition_of_Obuchowski()
    {
        ReferenceSet set = ReferenceValues.Set("grouped");
        JsonElement expected = set.Json.GetProperty("obuchowski");
        const double Z = 1.959963984540054;
        Interval first = Auc.DeLongByGroup(set.Labels, set.Scores, set.Groups);
        Interval second = Auc.DeLongByGroup(set.Labels, set.Second, set.Groups);
        ReferenceValues.Near(expected.Number("auc"), first.Estimate, 1e-12, "auc");
        ReferenceValues.Near(Z * Math.Sqrt(expected.Number("variance")), first.Estimate - first.Lower, 1e-10, "half width");
        ReferenceValues.Near(Z * Math.Sqrt(expected.Number("otherVariance")), second.Estimate - second.Lower, 1e-10, "half width");

        Comparison test = Compare.DeLongByGroup(set.Labels, set.Scores, set.Second, set.Groups);
        double error = Math.Sqrt(expected.Number("variance") + expected.Number("otherVariance") - (2 * expected.Number("covariance")));
        ReferenceValues.Near((expected.Number("auc") - expected.Number("otherAuc")) / error, test.Statistic, 1e-9, "z");
    }

    private static (bool[] Labels, bool[] First, bool[] Second) Calls(int[] counts)
    {
        bool[] labels = [.. Enumerable.Range(0, counts.Sum()).Select(i => i % 3 == 0)];
        int[] cells = [.. counts.SelectMany((count, cell) => Enumerable.Repeat(cell, count))];
        bool[] first = [.. labels.Select((label, i) => cells[i] is 0 or 1 ? label : !label)];
        bool[] second = [.. labels.Select((label, i) => cells[i] is 0 or 2 ? label : !label)];
        return (labels, first, second);
    }
}
