using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>The four figures of every assessment, each with a bootstrap interval by whole groups where groups are known.</summary>
internal static class GroupedFigures
{
    private const int Replicates = 2000;

    /// <param name="labels">True for a positive slice.</param>
    /// <param name="scores">Any score; a slice counts as positive at or above the threshold.</param>
    /// <param name="groups">Group of each slice; slices are drawn singly where one is null.</param>
    /// <param name="threshold">The threshold.</param>
    /// <param name="set">What the figures are of.</param>
    public static ModelMetric[] Compute(bool[] labels, double[] scores, IReadOnlyList<string?> groups, double threshold, string set)
    {
        var known = groups.All(g => g is not null) ? groups.Select(g => g!).ToArray() : [];
        (string Name, Func<BinaryMetrics, double> Of)[] figures =
        [
            ("AUC", m => m.Auc),
            ("accuracy", m => m.Accuracy),
            ("sensitivity", m => m.Sensitivity),
            ("specificity", m => m.Specificity),
        ];
        var options = new BootstrapOptions { Replicates = Replicates, Threshold = threshold };
        var distributions = Bootstrap.Distributions<string>(labels, scores, known, [.. figures.Select(f => f.Of)], options: options);
        int? count = known.Length == 0 ? null : known.Distinct(StringComparer.Ordinal).Count();
        return [.. figures.Zip(distributions, (figure, d) => MetricOf(figure.Name, set, d.Interval, labels.Length, count))];
    }

    /// <summary>A figure as contracts hold it. A BCa interval of a few groups may miss its own estimate; the contract's holds it. Too few groups have none.</summary>
    public static ModelMetric MetricOf(string name, string set, Interval interval, int samples, int? groups) => new()
    {
        Name = name,
        Set = set,
        Value = interval.Estimate,
        Lower = double.IsFinite(interval.Lower) ? Math.Min(interval.Lower, interval.Estimate) : null,
        Upper = double.IsFinite(interval.Upper) ? Math.Max(interval.Upper, interval.Estimate) : null,
        Level = interval.Level,
        Method = interval.Method,
        Samples = samples,
        Groups = groups,
    };
}
