namespace CovidCtNet.Lib.Evaluation;

/// <summary>A pointwise confidence band around a ROC curve: an interval of the sensitivity at each of many false-positive rates.</summary>
public static class RocBand
{
    /// <summary>Bootstraps the band, as pROC's <c>ci.se</c> does.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="groups">The group of each case; empty draws cases.</param>
    /// <param name="points">Number of evenly spaced false-positive rates from 0 to 1, at least 2.</param>
    /// <param name="options">How to run; null means the defaults. Limits are percentiles, whatever it says: the sensitivity at a rate has few values.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>False-positive rate and interval of the sensitivity, by rising rate.</returns>
    /// <remarks>Pointwise: the whole true curve lies within the band less often than the level says.</remarks>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated; both classes are needed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="points"/> is below 2.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static IReadOnlyList<(double FalsePositiveRate, Interval Sensitivity)> Compute<TGroup>(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        ReadOnlySpan<TGroup> groups,
        int points = 101,
        BootstrapOptions? options = null,
        CancellationToken cancellationToken = default)
        where TGroup : notnull
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        options = (options ?? new()) with { Interval = BootstrapInterval.Percentile };
        RankedCases ranked = RankedCases.Create(labels, scores);
        ranked.RequireBothClasses();
        GroupIndex? index = groups.IsEmpty ? null : GroupIndex.Create(labels, groups);
        var resampler = new Resampler([ranked], [options.Threshold], index, options.Stratified);
        double[] rates = [.. Enumerable.Range(0, points).Select(i => i / (points - 1.0))];
        BootstrapDistribution[] found = BootstrapRun.Run(
            resampler,
            points,
            (m, values) => m[0].Sensitivities(rates, values),
            Bootstrap.Unit(index),
            options,
            cancellationToken);
        return [.. found.Select((distribution, i) => (rates[i], distribution.Interval))];
    }
}
