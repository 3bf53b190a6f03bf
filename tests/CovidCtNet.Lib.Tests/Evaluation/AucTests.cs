using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>The area and DeLong's interval agree with hand-worked cases and with the definitions by brute force.</summary>
public sealed class AucTests
{
    private static readonly bool[] Labels = [false, false, true, true];
    private static readonly double[] Scores = [0.1, 0.4, 0.35, 0.8];

    [Fact]
    public void Area_of_the_textbook_example_is_three_quarters() => Assert.Equal(0.75, Auc.Compute(Labels, Scores));

    [Fact]
    public void DeLong_of_the_textbook_example_is_as_worked_by_hand()
    {
        // V10 = {1/2, 1}, V01 = {1, 1/2}: S10 = S01 = 1/8, so the variance is 1/16 + 1/16 = 1/8.
        Interval interval = Auc.DeLong(Labels, Scores);
        Assert.Equal(0.75, interval.Estimate);
        Assert.Equal(0.75 - (1.959963984540054 * Math.Sqrt(0.125)), interval.Lower, 12);
        Assert.Equal(1, interval.Upper);
        Assert.Equal("0.750 (95 % CI 0.057-1.000, DeLong)", interval.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Area_and_variance_equal_their_definitions_with_many_ties(int seed)
    {
        (bool[] labels, double[] scores) = Generated.Cases(seed, 80, levels: 7);
        double[] positives = [.. scores.Where((_, i) => labels[i])];
        double[] negatives = [.. scores.Where((_, i) => !labels[i])];
        static double Win(double a, double b) => a > b ? 1 : a == b ? 0.5 : 0;
        double[] v10 = [.. positives.Select(p => negatives.Average(n => Win(p, n)))];
        double[] v01 = [.. negatives.Select(n => positives.Average(p => Win(p, n)))];
        double area = v10.Average();
        double variance = (v10.Sum(v => Math.Pow(v - area, 2)) / (v10.Length - 1.0) / v10.Length)
            + (v01.Sum(v => Math.Pow(v - area, 2)) / (v01.Length - 1.0) / v01.Length);

        Interval interval = Auc.DeLong(labels, scores);
        Assert.Equal(area, interval.Estimate, 12);
        Assert.Equal(2 * 1.959963984540054 * Math.Sqrt(variance), interval.Upper - interval.Lower, 12);
    }

    [Fact]
    public void Each_case_as_its_own_group_gives_the_plain_interval()
    {
        (bool[] labels, double[] scores) = Generated.Cases(5, 60, levels: 1000);
        int[] groups = [.. Enumerable.Range(0, labels.Length)];
        Interval plain = Auc.DeLong(labels, scores);
        Interval grouped = Auc.DeLongByGroup(labels, scores, groups);
        Assert.Equal(plain.Lower, grouped.Lower, 12);
        Assert.Equal(plain.Upper, grouped.Upper, 12);
    }

    [Fact]
    public void Copies_of_every_case_leave_the_grouped_interval_as_it_was()
    {
        (bool[] labels, double[] scores) = Generated.Cases(6, 50, levels: 1000);
        int[] groups = [.. Enumerable.Range(0, labels.Length)];
        Interval once = Auc.DeLongByGroup(labels, scores, groups);
        Interval copied = Auc.DeLongByGroup([.. labels, .. labels, .. labels], [.. scores, .. scores, .. scores], [.. groups, .. groups, .. groups]);
        Interval naive = Auc.DeLong([.. labels, .. labels, .. labels], [.. scores, .. scores, .. scores]);
        Assert.Equal(once.Lower, copied.Lower, 12);
        Assert.Equal(once.Upper, copied.Upper, 12);
        Assert.True(naive.Width < 0.65 * once.Width);
    }

    [Theory]
    [InlineData(0.85, 30, 50)]
    [InlineData(1, 12, 9)]
    [InlineData(0, 12, 9)]
    [InlineData(0.5, 1, 1)]
    public void Newcombe_limits_solve_their_equation_and_have_width(double area, int positives, int negatives)
    {
        Interval interval = Auc.Newcombe(area, positives, negatives);
        foreach (double limit in new[] { interval.Lower, interval.Upper })
        {
            // Hanley and McNeil's variance with the mean of both numbers, as Newcombe's method 5 has it.
            double mean = (positives + negatives) / 2.0;
            double variance = limit * (1 - limit) * (1 + ((mean - 1) * (((1 - limit) / (2 - limit)) + (limit / (1 + limit))))) / (positives * negatives);
            Assert.Equal(Math.Abs(area - limit), 1.959963984540054 * Math.Sqrt(variance), 9);
        }

        Assert.True(interval.Width > 0.1);
        Assert.True(interval.Contains(area));
        Interval mirrored = Auc.Newcombe(1 - area, positives, negatives);
        Assert.Equal(1 - interval.Lower, mirrored.Upper, 9);
    }

    [Fact]
    public void Unpaired_test_by_group_adds_the_variances_by_group()
    {
        (bool[] labels, double[] scores) = Generated.Cases(8, 90, levels: 100);
        (bool[] otherLabels, double[] otherScores) = Generated.Cases(9, 70, levels: 100);
        string[] groups = [.. labels.Select((_, i) => $"a{i / 3}")];
        string[] otherGroups = [.. otherLabels.Select((_, i) => $"b{i / 2}")];
        Comparison test = Compare.DeLongUnpairedByGroup(labels, scores, groups, otherLabels, otherScores, otherGroups);
        double first = Auc.DeLongByGroup(labels, scores, groups, scale: IntervalScale.Logit).Estimate;
        Interval a = Auc.DeLongByGroup(labels, scores, groups);
        Interval b = Auc.DeLongByGroup(otherLabels, otherScores, otherGroups);
        double half = Math.Sqrt(Math.Pow(a.Estimate - a.Lower, 2) + Math.Pow(b.Estimate - b.Lower, 2));
        Assert.Equal(first - b.Estimate, test.Difference.Estimate, 12);
        Assert.Equal(half, (test.Difference.Upper - test.Difference.Lower) / 2, 9);
    }

    [Fact]
    public void Faults_are_typed_and_say_where()
    {
        Assert.Equal(EvaluationFault.Empty, Fault(() => Auc.Compute([], [])).Fault);
        Assert.Equal(EvaluationFault.LengthMismatch, Fault(() => Auc.Compute([true], [0.1, 0.2])).Fault);
        Assert.Equal(EvaluationFault.OneClass, Fault(() => Auc.Compute([true, true], [0.1, 0.2])).Fault);
        Assert.Equal(EvaluationFault.TooFew, Fault(() => Auc.DeLong([true, false, false], [0.1, 0.2, 0.3])).Fault);
        Assert.Equal(EvaluationFault.InvalidWeight, Fault(() => Auc.Compute([true, false], [0.1, 0.2], [1, -1])).Fault);
        Assert.Equal(EvaluationFault.OneClass, Fault(() => Auc.Compute([true, false], [0.1, 0.2], [1, 0])).Fault);
        Assert.Equal(EvaluationFault.InvalidWeight, Fault(() => Auc.Compute([true, false], [0.1, 0.2], [0, 0])).Fault);
        EvaluationDataException notFinite = Fault(() => Auc.Compute([true, false, true], [0.1, 0.2, double.NaN]));
        Assert.Equal(EvaluationFault.NotFinite, notFinite.Fault);
        Assert.Equal(2, notFinite.Index);
    }

    [Fact]
    public void Scores_whose_sum_overflows_are_still_finite() =>
        Assert.Equal(1, Auc.Compute([false, true, true], [-1, double.MaxValue, double.MaxValue]));

    private static EvaluationDataException Fault(Func<double> compute) => Assert.Throws<EvaluationDataException>(() => compute());

    private static EvaluationDataException Fault(Func<Interval> compute) => Assert.Throws<EvaluationDataException>(() => compute());
}
