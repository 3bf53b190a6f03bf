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

    /// <summary>Name of the figures of <see cref="OutOfFold"/> in a contract.</summary>
    public const string OutOfFoldSet = "out of fold, series";

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
        return new SeriesRuleStudy { Rule = rule, Fitted = [.. fitted.Select(Combined)], Tried = results, Metrics = Figures(results, test.Count, DataSplit.Labelled(TestSet, IsLeaking(model.Contract))) };

        JudgedSeries Combined((JudgedSeries Series, double[] LogOdds) s) => Judged(rule, s.Series, s.LogOdds);

        (JudgedSeries Series, double[] LogOdds)[] Judge(IReadOnlyList<SliceRecord> slices)
            => [.. slices.GroupBy(GroupOf).Select(group => (Empty(group.Key, [.. group]), group.Select(LogOddsOf).ToArray()))];

        double LogOddsOf(SliceRecord slice)
        {
            var prediction = model.Predict(CtImage.Load(slice.Path), cancellationToken);
            progress?.Report((++done, fit.Count + test.Count));
            return prediction.Logit / model.Contract.Temperature;
        }
    }

    /// <summary>
    /// Fits a rule to the scores of a cross-validation, for the model that was then trained on every slice, and tries it in the same folds:
    /// the series of each fold are judged by the rule that the series of the other folds give.
    /// </summary>
    /// <param name="contract">Contract of the model; its temperature counts.</param>
    /// <param name="slices">The scores, in the order of each series.</param>
    /// <exception cref="DatasetException">A slice has no group, or a group two classes.</exception>
    /// <exception cref="EvaluationDataException">The series are not of two classes, or all alike.</exception>
    public static SeriesRuleStudy OutOfFold(ModelContract contract, IReadOnlyList<OutOfFoldSlice> slices)
    {
        ArgumentNullException.ThrowIfNull(contract);
        ArgumentNullException.ThrowIfNull(slices);
        (int Fold, JudgedSeries Series, double[] LogOdds)[] all =
        [
            .. slices.Select(s => (Slice: s, Record: new SliceRecord(s.Path, string.Empty, s.Positive, s.Group, s.Fold)))
                .GroupBy(s => GroupOf(s.Record))
                .Select(g => (g.First().Slice.Fold, Empty(g.Key, [.. g.Select(s => s.Record)]), g.Select(s => s.Slice.Logit / contract.Temperature).ToArray())),
        ];
        var rule = Fit(all);
        var set = DataSplit.Labelled(OutOfFoldSet, IsLeaking(contract) || slices.Any(s => s.Leaking));
        JudgedSeries[] tried = [.. all.GroupBy(s => s.Fold).SelectMany(fold =>
        {
            var others = Fit(all.Where(s => s.Fold != fold.Key));
            return fold.Select(s => Judged(others, s.Series, s.LogOdds));
        })];
        return new SeriesRuleStudy { Rule = rule, Fitted = [.. all.Select(s => Judged(rule, s.Series, s.LogOdds))], Tried = tried, Metrics = Figures(tried, slices.Count, set) };

        CtSeriesRule Fit(IEnumerable<(int Fold, JudgedSeries Series, double[] LogOdds)> series) =>
            CtSeriesRule.Default.Fit([.. series.Select(s => s.LogOdds)], [.. series.Select(s => s.Series.Positive)], contract);
    }

    private static bool IsLeaking(ModelContract contract) => contract.Training is { LeakingSplit: true };

    private static JudgedSeries Judged(CtSeriesRule rule, JudgedSeries series, double[] logOdds) => series with { Probability = rule.Combine(logOdds, out _) };

    private static string GroupOf(SliceRecord slice)
        => slice.Group ?? throw new DatasetException($"'{slice.Path}' has no group: a series rule needs a manifest with the column group.");

    private static JudgedSeries Empty(string group, SliceRecord[] slices)
    {
        var positive = slices[0].Positive;
        return slices.All(s => s.Positive == positive)
            ? new JudgedSeries(group, positive, slices.Length, 0)
            : throw new DatasetException($"The group '{group}' has slices of two classes, so that the class of the series is not known: part it.");
    }

    private static ModelMetric[] Figures(JudgedSeries[] tried, int slices, string set)
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
        return [.. figures.Zip(distributions, (figure, d) => GroupedFigures.MetricOf(figure.Name, set, d.Interval, slices, tried.Length))];
    }
}
