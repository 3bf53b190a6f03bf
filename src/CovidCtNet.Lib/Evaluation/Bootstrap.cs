namespace CovidCtNet.Lib.Evaluation;

/// <summary>Bootstrap intervals of any figure, by drawing cases or whole groups with replacement.</summary>
/// <remarks>
/// <para>
/// Slices of one scan, and scans of one patient, resemble each other: intervals that take them as independent are too narrow.
/// Draw by group wherever there are groups. With few groups (fewer than about twenty) even these intervals are too narrow.
/// </para>
/// <para>
/// Cases are sorted once; a replicate draws weights, so it costs one pass. Replicates run in parallel, and the same seed gives
/// the same interval on any number of threads; so the metric must not depend on anything but the <see cref="BinaryMetrics"/> it
/// gets, which it must not keep. A figure without spread (for example sensitivity 1 throughout) has a point for an interval.
/// </para>
/// <para>All members throw <see cref="EvaluationDataException"/> for cases that cannot be evaluated, and whatever the metric throws.</para>
/// </remarks>
public static class Bootstrap
{
    /// <summary>Interval of a figure for independent cases.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="metric">The figure, for example <c>m => m.Auc</c>.</param>
    /// <param name="replicates">Number of replicates, at least 20; replaces that of the options.</param>
    /// <param name="seed">Seed; replaces that of the options.</param>
    /// <param name="options">Everything else; null means the defaults.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static Interval ByCase(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        Func<BinaryMetrics, double> metric,
        int replicates = 2000,
        int seed = 1,
        BootstrapOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metric);
        options = (options ?? new()) with { Replicates = replicates, Seed = seed };
        return Distributions<int>(labels, scores, [], [metric], default, options, cancellationToken)[0].Interval;
    }

    /// <summary>Interval of a figure for cases in groups (patients, scans): whole groups are drawn.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="groups">The group of each case.</param>
    /// <param name="metric">The figure, for example <c>m => m.Sensitivity</c>.</param>
    /// <param name="replicates">Number of replicates, at least 20; replaces that of the options.</param>
    /// <param name="seed">Seed; replaces that of the options.</param>
    /// <param name="options">Everything else; null means the defaults.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated, or there is a single group.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static Interval ByGroup<TGroup>(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        ReadOnlySpan<TGroup> groups,
        Func<BinaryMetrics, double> metric,
        int replicates = 2000,
        int seed = 1,
        BootstrapOptions? options = null,
        CancellationToken cancellationToken = default)
        where TGroup : notnull
    {
        ArgumentNullException.ThrowIfNull(metric);
        Check.Groups(labels, groups);
        options = (options ?? new()) with { Replicates = replicates, Seed = seed };
        return Distributions(labels, scores, groups, [metric], default, options, cancellationToken)[0].Interval;
    }

    /// <summary>Several figures from the same replicates, with all that was found; much cheaper than one run each.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="groups">The group of each case; empty draws cases.</param>
    /// <param name="metrics">The figures.</param>
    /// <param name="weights">Optional non-negative weights of the cases, which the draw multiplies.</param>
    /// <param name="options">How to run; null means the defaults.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>One distribution for each figure, in order.</returns>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated, or there is a single case or group.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static IReadOnlyList<BootstrapDistribution> Distributions<TGroup>(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        ReadOnlySpan<TGroup> groups,
        IReadOnlyList<Func<BinaryMetrics, double>> metrics,
        ReadOnlySpan<double> weights = default,
        BootstrapOptions? options = null,
        CancellationToken cancellationToken = default)
        where TGroup : notnull
    {
        ArgumentNullException.ThrowIfNull(metrics);
        options ??= new();
        RankedCases ranked = RankedCases.Create(labels, scores, weights);
        GroupIndex? index = groups.IsEmpty ? null : GroupIndex.Create(labels, groups);
        var resampler = new Resampler([ranked], [options.Threshold], index, options.Stratified);
        return BootstrapRun.Run(
            resampler,
            metrics.Count,
            (m, values) =>
            {
                for (int k = 0; k < metrics.Count; k++)
                {
                    values[k] = metrics[k](m[0]);
                }
            },
            Unit(index),
            options,
            cancellationToken);
    }

    /// <summary>Interval of the difference of a figure between two scores of the same cases (first minus second), drawn together.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="firstScores">Scores of the first model.</param>
    /// <param name="secondScores">Scores of the second model, of the same cases in the same order.</param>
    /// <param name="groups">The group of each case; empty draws cases.</param>
    /// <param name="metric">The figure, for example <c>m => m.Auc</c>.</param>
    /// <param name="options">How to run, with the thresholds of both models; null means the defaults.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated, or there is a single case or group.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static BootstrapDistribution Difference<TGroup>(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> firstScores,
        ReadOnlySpan<double> secondScores,
        ReadOnlySpan<TGroup> groups,
        Func<BinaryMetrics, double> metric,
        BootstrapOptions? options = null,
        CancellationToken cancellationToken = default)
        where TGroup : notnull
    {
        ArgumentNullException.ThrowIfNull(metric);
        options ??= new();
        RankedCases first = RankedCases.Create(labels, firstScores);
        RankedCases second = RankedCases.Create(labels, secondScores);
        GroupIndex? index = groups.IsEmpty ? null : GroupIndex.Create(labels, groups);
        var resampler = new Resampler([first, second], [options.Threshold, options.SecondThreshold ?? options.Threshold], index, options.Stratified);
        return BootstrapRun.Run(
            resampler,
            1,
            (m, values) => values[0] = metric(m[0]) - metric(m[1]),
            Unit(index),
            options,
            cancellationToken)[0];
    }

    /// <summary>Interval of the difference of a figure between two scores of the same independent cases (first minus second).</summary>
    /// <inheritdoc cref="Difference{TGroup}"/>
    public static BootstrapDistribution Difference(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> firstScores,
        ReadOnlySpan<double> secondScores,
        Func<BinaryMetrics, double> metric,
        BootstrapOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Difference<int>(labels, firstScores, secondScores, [], metric, options, cancellationToken);

    internal static string Unit(GroupIndex? groups) => groups is null ? string.Empty : " by group";
}
