using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>The bootstrap is reproducible, agrees with theory where theory knows the answer, and sees groups.</summary>
public sealed class BootstrapTests
{
    private static readonly BootstrapOptions Percentile = new() { Interval = BootstrapInterval.Percentile };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Same_seed_same_interval_on_any_number_of_threads()
    {
        (bool[] labels, double[] scores) = Generated.Cases(1, 200, 50);
        Interval one = Bootstrap.ByCase(labels, scores, m => m.Auc, 300, 7, new() { MaxDegreeOfParallelism = 1 }, Cancel);
        Interval many = Bootstrap.ByCase(labels, scores, m => m.Auc, 300, 7, new() { MaxDegreeOfParallelism = 8 }, Cancel);
        Interval other = Bootstrap.ByCase(labels, scores, m => m.Auc, 300, 8, cancellationToken: Cancel);
        Assert.Equal(one, many);
        Assert.NotEqual(one, other);
        Assert.Equal(Auc.Compute(labels, scores), one.Estimate, 12);
        Assert.Equal("BCa bootstrap", one.Method);
    }

    [Fact]
    public void Accuracy_of_unstratified_draws_is_binomial()
    {
        // The replicates of a proportion are binomial: standard error sqrt(p (1 - p) / n), mean p. With 4,000 replicates the
        // standard error is known to 1.1 % (1 / sqrt(2 R)); 5 % is more than four of those.
        (bool[] labels, double[] scores) = Generated.Cases(2, 250, 1000);
        BootstrapDistribution found = Bootstrap.Distributions<int>(
            labels, scores, [], [m => m.Accuracy], options: Percentile with { Replicates = 4000, Stratified = false }, cancellationToken: Cancel)[0];
        double p = found.Interval.Estimate;
        double error = Math.Sqrt(p * (1 - p) / 250);
        Assert.InRange(found.StandardError / error, 0.95, 1.05);
        Assert.InRange(found.Bias / error, -0.08, 0.08);
        Assert.Equal("percentile bootstrap, unstratified", found.Interval.Method);
    }

    [Fact]
    public void Area_has_about_the_error_of_DeLong()
    {
        (bool[] labels, double[] scores) = Generated.Cases(3, 400, 100_000);
        BootstrapDistribution found = Bootstrap.Distributions<int>(labels, scores, [], [m => m.Auc], options: new() { Replicates = 3000 }, cancellationToken: Cancel)[0];
        double error = Auc.DeLong(labels, scores).Width / (2 * 1.959963984540054);
        Assert.InRange(found.StandardError / error, 0.94, 1.06);
    }

    [Fact]
    public void Copies_in_a_group_are_seen_through_by_group_and_not_by_case()
    {
        // Ten copies of each case hold no more than one: by group the interval must not shrink, by case it does by sqrt(10).
        (bool[] labels, double[] scores) = Generated.Cases(4, 60, 1000);
        int[] scan = [.. Enumerable.Range(0, 60)];
        bool[] manyLabels = [.. Enumerable.Repeat(labels, 10).SelectMany(x => x)];
        double[] manyScores = [.. Enumerable.Repeat(scores, 10).SelectMany(x => x)];
        string[] scans = [.. Enumerable.Repeat(scan, 10).SelectMany(x => x).Select(number => $"scan {number}")];
        Interval once = Bootstrap.ByCase(labels, scores, m => m.Auc, 1000, 1, Percentile, Cancel);
        Interval grouped = Bootstrap.ByGroup(manyLabels, manyScores, scans, m => m.Auc, 1000, 1, Percentile, Cancel);
        Interval naive = Bootstrap.ByCase(manyLabels, manyScores, m => m.Auc, 1000, 1, Percentile, Cancel);
        Assert.Equal(once.Lower, grouped.Lower, 12);
        Assert.Equal(once.Upper, grouped.Upper, 12);
        Assert.InRange(naive.Width / once.Width, 0.25, 0.4);
        Assert.Equal("percentile bootstrap by group", grouped.Method);
    }

    [Fact]
    public void Intervals_by_group_cover_the_truth_where_naive_ones_do_not()
    {
        // 60 groups of 12 cases share most of their score, so 720 cases are worth far fewer. Of 120 studies, 95 % intervals should
        // hold the true area in about 114; below 102 (85 %) has a chance of less than 1 in 10,000 for a true 95 %.
        const double Shared = 0.8;
        double truth = MathNet.Numerics.Distributions.Normal.CDF(0, 1, 1 / Math.Sqrt(2 * ((Shared * Shared) + (1 - (Shared * Shared)))));
        int byGroup = 0;
        int byDeLong = 0;
        int naive = 0;
        for (int study = 0; study < 120; study++)
        {
            (bool[] labels, double[] scores, int[] groups) = Study(study, Shared);
            byGroup += Bootstrap.ByGroup(labels, scores, groups, m => m.Auc, 200, study, Percentile, Cancel).Contains(truth) ? 1 : 0;
            byDeLong += Auc.DeLongByGroup(labels, scores, groups).Contains(truth) ? 1 : 0;
            naive += Auc.DeLong(labels, scores).Contains(truth) ? 1 : 0;
        }

        Assert.InRange(byGroup, 102, 120);
        Assert.InRange(byDeLong, 102, 120);
        Assert.InRange(naive, 0, 85);
    }

    [Fact]
    public void Difference_draws_both_models_together()
    {
        ReferenceSet set = ReferenceValues.Set("smooth");
        BootstrapDistribution drawn = Bootstrap.Difference(set.Labels, set.Scores, set.Second, m => m.Auc, new() { Replicates = 2000 }, Cancel);
        Interval exact = Compare.DeLong(set.Labels, set.Scores, set.Second).Difference;
        Assert.Equal(exact.Estimate, drawn.Interval.Estimate, 12);
        Assert.InRange(drawn.StandardError / (exact.Width / (2 * 1.959963984540054)), 0.92, 1.08);
        Interval none = Bootstrap.Difference(set.Labels, set.Scores, set.Scores, m => m.Auc, new() { Replicates = 50 }, Cancel).Interval;
        Assert.Equal((0, 0, 0), (none.Estimate, none.Lower, none.Upper));
    }

    [Fact]
    public void Undefined_replicates_are_counted_and_too_many_give_no_limits()
    {
        // One of 4 cases is called positive, so a third of unstratified draws call none: the precision is undefined there.
        BootstrapDistribution found = Bootstrap.Distributions<int>(
            [true, false, true, false], [0.9, 0.2, 0.3, 0.1], [], [m => m.Precision], options: new() { Stratified = false, Replicates = 500 }, cancellationToken: Cancel)[0];
        Assert.InRange(found.Undefined, 100, 230);
        Assert.True(double.IsNaN(found.Interval.Lower));
        Assert.Contains($"{found.Undefined} of 500 replicates undefined", found.Interval.Method, StringComparison.Ordinal);
        Assert.Contains("no 95 % CI", found.Interval.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Perfect_figures_have_a_point_for_an_interval()
    {
        Interval perfect = Bootstrap.ByCase([true, true, false, false], [0.9, 0.8, 0.2, 0.1], m => m.Sensitivity, 100, cancellationToken: Cancel);
        Assert.Equal((1, 1, 1), (perfect.Estimate, perfect.Lower, perfect.Upper));
    }

    [Fact]
    public void Band_starts_and_ends_with_the_curve_and_surrounds_it()
    {
        (bool[] labels, double[] scores) = Generated.Cases(9, 300, 100_000);
        RocCurve curve = RocCurve.Compute(labels, scores);
        IReadOnlyList<(double FalsePositiveRate, Interval Sensitivity)> band =
            RocBand.Compute<int>(labels, scores, [], 21, new() { Replicates = 400 }, Cancel);
        Assert.Equal(21, band.Count);
        Assert.Equal(1, band[^1].Sensitivity.Lower);
        foreach ((double rate, Interval sensitivity) in band)
        {
            Assert.Equal(curve.SensitivityAtSpecificity(1 - rate, interpolate: true), sensitivity.Estimate, 9);
            Assert.InRange(sensitivity.Estimate, sensitivity.Lower - 1e-12, sensitivity.Upper + 1e-12);
        }

        Assert.InRange(band.Average(point => point.Sensitivity.Width), 0.03, 0.3);
    }

    [Fact]
    public void Faults_cancellation_and_errors_of_the_metric_surface_as_they_are()
    {
        Assert.Equal(EvaluationFault.TooFew, Assert.Throws<EvaluationDataException>(() => Bootstrap.ByGroup([true, false], [0.1, 0.2], ["a", "a"], m => m.Auc, cancellationToken: Cancel)).Fault);
        Assert.Equal(EvaluationFault.LengthMismatch, Assert.Throws<EvaluationDataException>(() => Bootstrap.ByGroup<int>([true, false], [0.1, 0.2], [], m => m.Auc, cancellationToken: Cancel)).Fault);
        Assert.Equal(EvaluationFault.NotProbability, Assert.Throws<EvaluationDataException>(() => Bootstrap.ByCase([true, false, true], [-1, 2, 3], m => m.Brier, cancellationToken: Cancel)).Fault);
        Assert.Throws<InvalidOperationException>(() => Bootstrap.ByCase([true, false, true, false], [1, 2, 3, 4], m => m.Auc > 0.7 ? throw new InvalidOperationException() : 0, cancellationToken: Cancel));
        Assert.Throws<OperationCanceledException>(() => Bootstrap.ByCase([true, false, true], [1, 2, 3], m => m.Auc, cancellationToken: new CancellationToken(true)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BootstrapOptions { Replicates = 5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BootstrapOptions { Level = 95 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BootstrapOptions { MaxDegreeOfParallelism = 0 });
    }

    [Fact]
    public void Progress_rises_to_one()
    {
        List<double> told = [];
        var progress = new Sink(told);
        Bootstrap.ByCase([true, false, true, false], [1, 2, 3, 4], m => m.Auc, 200, options: new() { Progress = progress, MaxDegreeOfParallelism = 1 }, cancellationToken: Cancel);
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1]);
        Assert.True(told.Count > 50);
    }

    private static (bool[] Labels, double[] Scores, int[] Groups) Study(int seed, double shared)
    {
        var random = new Random(seed);
        double Gauss() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        const int Size = 12;
        int[] groups = [.. Enumerable.Range(0, 60 * Size).Select(i => i / Size)];
        double[] common = [.. Enumerable.Range(0, 60).Select(_ => Gauss())];
        bool[] labels = [.. groups.Select(group => group % 2 == 0)];
        double own = Math.Sqrt(1 - (shared * shared));
        double[] scores = [.. groups.Select((group, i) => (labels[i] ? 1 : 0) + (shared * common[group]) + (own * Gauss()))];
        return (labels, scores, groups);
    }

    private sealed class Sink(List<double> told) : IProgress<double>
    {
        public void Report(double value) => told.Add(value);
    }
}
