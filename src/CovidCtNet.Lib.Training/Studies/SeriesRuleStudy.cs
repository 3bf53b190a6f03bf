using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>
/// Fits the rule that makes one probability of a series, on scan groups that the model was not trained on, and tries it on others. The slices
/// of a group count as a series, in the order of the manifest.
/// </summary>
public sealed record SeriesRuleStudy
{
    /// <summary>Name of the figures in a contract: those of the groups that the rule was tried on.</summary>
    public const string TestSet = "test, series";

    private const int Replicates = 2000;

    private SeriesRuleStudy()
    {
    }

    /// <summary>The fitted rule.</summary>
    public required CtSeriesRule Rule { get; init; }

    /// <summary>The groups it was fitted to.</summary>
    public required IReadOnlyList<JudgedSeries> Fitted { get; init; }

    /// <summary>The groups it was tried on; empty where there were none.</summary>
    public required IReadOnlyList<JudgedSeries> Tried { get; init; }

    /// <summary>Figures of <see cref="Tried"/>, with bootstrap intervals over the series; empty where they are not of two classes.</summary>
    public required IReadOnlyList<ModelMetric> Metrics { get; init; }

    /// <summary>Fits a rule and tries it.</summary>
    /// <param name="model">The model; its rule, if it has one, is not used.</param>
    /// <param name="fit">Slices with groups to fit to; best those that chose threshold and temperature.</param>
    /// <param name="test">Slices with groups to try it on; may be empty.</param>
    /// <param name="progress">Gets the number of slices judged, of all.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DatasetException">A slice has no group, or a group two classes.</exception>
    /// <exception cref="EvaluationDataException">The groups to fit to are not of two classes, or all alike.</exception>
    /// <exception cref="CtImageException">A slice cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SeriesRuleStudy Run(
        CovidCtModel model, IReadOnlyList<SliceRecord> fit, IReadOnlyList<SliceRecord> test, IProgress<(int Done, int All)>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(test);
        var done = 0;
        var (fitted, tried) = (Judge(fit), Judge(test));
        var rule = CtSeriesRule.Default.Fit([.. fitted.Select(s => s.LogOdds)], [.. fitted.Select(s => s.Series.Positive)], model.Contract);
        JudgedSeries[] results = [.. tried.Select(Combined)];
        return new SeriesRuleStudy { Rule = rule, Fitted = [.. fitted.Select(Combined)], Tried = results, Metrics = Figures(results, test.Count) };

        JudgedSeries Combined((JudgedSeries Series, double[] LogOdds) s) => s.Series with { Probability = rule.Combine(s.LogOdds, out _) };

        (JudgedSeries Series, double[] LogOdds)[] Judge(IReadOnlyList<SliceRecord> slices)
            => [.. slices.GroupBy(GroupOf).Select(group => (Empty(group), group.Select(LogOddsOf).ToArray()))];

        double LogOddsOf(SliceRecord slice)
        {
            var prediction = model.Predict(CtImage.Load(slice.Path), cancellationToken);
            progress?.Report((++done, fit.Count + test.Count));
            return prediction.Logit / model.Contract.Temperature;
        }
    }

    private static string GroupOf(SliceRecord slice)
        => slice.Group ?? throw new DatasetException($"'{slice.Path}' has no group: a series rule needs a manifest with the column group.");

    private static JudgedSeries Empty(IGrouping<string, SliceRecord> group)
    {
        var positive = group.First().Positive;
        return group.All(s => s.Positive == positive)
            ? new JudgedSeries(group.Key, positive, group.Count(), 0)
            : throw new DatasetException($"The group '{group.Key}' has slices of two classes, so that the class of the series is not known: part it.");
    }

    private static ModelMetric[] Figures(JudgedSeries[] tried, int slices)
    {
        bool[] labels = [.. tried.Select(t => t.Positive)];
        if (labels.Distinct().Count() < 2)
        {
            return [];
        }

        (string Name, Func<BinaryMetrics, double> Of)[] figures = [("Brier score", m => m.Brier), ("AUC", m => m.Auc), ("accuracy", m => m.Accuracy)];
        double[] probabilities = [.. tried.Select(t => t.Probability)];
        var options = new BootstrapOptions { Replicates = Replicates, Threshold = CtSeriesRule.Default.Threshold };
        var distributions = Bootstrap.Distributions<string>(labels, probabilities, [], [.. figures.Select(f => f.Of)], options: options);
        return [.. figures.Zip(distributions, (figure, d) => GroupedFigures.MetricOf(figure.Name, TestSet, d.Interval, slices, tried.Length))];
    }
}
