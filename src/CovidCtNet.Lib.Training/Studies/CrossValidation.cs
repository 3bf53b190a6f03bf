using System.Globalization;
using System.Text;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>
/// Cross-validation by whole groups: each fold is tested on once. Temperature and threshold of its model are chosen on its validation
/// fold, or, where the epochs are fixed and no slice is kept to validate on, on what the other models say of the other folds. Slices of all
/// folds together give the figures: a slice's score is its calibrated logit less that of its model's threshold.
/// </summary>
public sealed class CrossValidation
{
    /// <summary>Name of each fold's model in its run folder.</summary>
    public const string ModelFile = "model.onnx";

    /// <summary>Name of the scores of all slices in the folder of a study.</summary>
    public const string ScoresFile = "out-of-fold.csv";

    private CrossValidation(IReadOnlyList<ModelMetric> metrics, IReadOnlyList<IReadOnlyList<ModelMetric>> folds, IReadOnlyList<OutOfFoldSlice> scores)
    {
        Metrics = metrics;
        Folds = folds;
        Scores = scores;
    }

    /// <summary>Figures of all slices together, with intervals by whole groups.</summary>
    public IReadOnlyList<ModelMetric> Metrics { get; }

    /// <summary>Test figures of each fold.</summary>
    public IReadOnlyList<IReadOnlyList<ModelMetric>> Folds { get; }

    /// <summary>Every slice once, scored by the model that had not seen it.</summary>
    public IReadOnlyList<OutOfFoldSlice> Scores { get; }

    /// <summary>Trains and tests every fold; folds that are finished in the folder are not trained again.</summary>
    /// <param name="options">
    /// Options of the runs; each fold has the same seed. Where <see cref="TrainingOptions.StartFrom"/> names the folder of a study of the
    /// same folds, each fold starts from the run of its own fold there.
    /// </param>
    /// <param name="dataset">The slices.</param>
    /// <param name="splits">One split for each fold; their test sides share no slice.</param>
    /// <param name="folder">Folder: a run folder for each fold with its <c>model.onnx</c>, <c>out-of-fold.csv</c> and <c>crossval.md</c>.</param>
    /// <param name="allowLeaking">True labels splits that leak; false refuses them.</param>
    /// <param name="progress">Reported after every step.</param>
    /// <param name="cancellationToken">Stops after the current step, which is saved.</param>
    /// <exception cref="LeakingSplitException">A split leaks, and <paramref name="allowLeaking"/> is false.</exception>
    /// <exception cref="ArgumentException">A slice is tested on twice, or some splits validate and others do not.</exception>
    /// <exception cref="TrainingException">As <see cref="Trainer.Fit"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static CrossValidation Run(
        TrainingOptions options, SliceDataset dataset, IReadOnlyList<DataSplit> splits, string folder, bool allowLeaking = false, IProgress<SweepProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(splits);
        var tested = splits.SelectMany(s => s.Test).ToArray();
        if (tested.Length != tested.Distinct().Count())
        {
            throw new ArgumentException("The test sides of the splits share slices.", nameof(splits));
        }

        var validates = splits.All(s => s.Validation.Count > 0);
        if (!validates && (splits.Count < 2 || splits.Any(s => s.Validation.Count > 0)))
        {
            throw new ArgumentException("Either every split has a validation side or none has, and then there are at least two.", nameof(splits));
        }

        var clean = splits.Select((s, fold) => Audited(OfFold(options, fold), dataset, s, allowLeaking, cancellationToken)).ToArray();
        foreach (var (fold, split) in clean.Index())
        {
            new Trainer(OfFold(options, fold)).RequireFolder(split, dataset.Slices, Path.Combine(folder, FoldFolder(fold)));
        }

        var models = new List<TrainedModel>();
        try
        {
            foreach (var (fold, split) in clean.Index())
            {
                progress?.Report(new SweepProgress(fold, splits.Count, FoldFolder(fold), null));
                models.Add(Fit(options, dataset, split, fold, splits.Count, folder, progress, cancellationToken));
            }

            ModelAssessment[] assessments = [.. validates
                ? models.Zip(clean, (model, split) => ModelAssessment.Compute(model, dataset, split, cancellationToken))
                : OfOtherFolds(models, dataset, clean, cancellationToken)];
            var (pooled, folds) = (new List<OutOfFoldSlice>(), new List<IReadOnlyList<ModelMetric>>());
            foreach (var (fold, assessment) in assessments.Index())
            {
                var run = Path.Combine(folder, FoldFolder(fold));
                assessment.SaveScores(Path.Combine(run, "scores.csv"));
                var contract = assessment.ToContract(new ModelDescription { Name = FoldFolder(fold), Data = "see the study", WeightsLicense = "not stated" }, dataset.Manifest.NegativeClass, dataset.Manifest.PositiveClass);
                OnnxExporter.ToPredictGraph(models[fold].Network, contract).Save(Path.Combine(run, ModelFile));
                pooled.AddRange(assessment.Scores.Where(s => s.Side == "test").Select(s => new OutOfFoldSlice(
                    s.Path, s.Positive, s.Group, fold, s.Logit, s.Probability, (s.Logit / assessment.Temperature) - Logit(assessment.Threshold), clean[fold].IsLeaking)));
                folds.Add([.. assessment.Metrics.Where(m => m.Set.StartsWith("test", StringComparison.Ordinal))]);
            }

            var set = DataSplit.Labelled("out of fold", clean.Any(s => s.IsLeaking));
            var metrics = GroupedFigures.Compute([.. pooled.Select(s => s.Positive)], [.. pooled.Select(s => s.Margin)], [.. pooled.Select(s => s.Group)], 0, set);
            var result = new CrossValidation(metrics, folds, pooled);
            result.Save(folder);
            return result;
        }
        finally
        {
            models.ForEach(m => m.Dispose());
        }
    }

    /// <summary>Trains one fold and assesses nothing: so folds can be trained beside one another, for <see cref="Run"/> to gather.</summary>
    /// <param name="options">As of <see cref="Run"/>.</param>
    /// <param name="dataset">The slices.</param>
    /// <param name="splits">All splits.</param>
    /// <param name="fold">Which of them, from 0.</param>
    /// <param name="folder">Folder of the study.</param>
    /// <param name="allowLeaking">As of <see cref="Run"/>.</param>
    /// <param name="progress">Reported after every step.</param>
    /// <param name="cancellationToken">Stops after the current step, which is saved.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such fold.</exception>
    /// <exception cref="LeakingSplitException">As of <see cref="Run"/>.</exception>
    /// <exception cref="TrainingException">As <see cref="Trainer.Fit"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void TrainFold(
        TrainingOptions options, SliceDataset dataset, IReadOnlyList<DataSplit> splits, int fold, string folder, bool allowLeaking = false, IProgress<SweepProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(splits);
        ArgumentOutOfRangeException.ThrowIfNegative(fold);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(fold, splits.Count);
        Fit(options, dataset, Audited(OfFold(options, fold), dataset, splits[fold], allowLeaking, cancellationToken), fold, splits.Count, folder, progress, cancellationToken).Dispose();
    }

    /// <summary>
    /// The scores of a finished study, with the label of leaking splits: where the scores do not carry it, as those of earlier versions, the
    /// contracts of the fold models do.
    /// </summary>
    /// <param name="folder">Folder of the study.</param>
    /// <exception cref="DatasetException">There are no scores, or they cannot be read.</exception>
    /// <exception cref="TrainingException">The model of a fold cannot be read.</exception>
    public static IReadOnlyList<OutOfFoldSlice> LoadScores(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var scores = OutOfFoldSlice.Load(Path.Combine(folder, ScoresFile));
        var leaking = scores.Select(s => s.Fold).Distinct().Where(fold => IsLeaking(Path.Combine(folder, FoldFolder(fold), ModelFile))).ToHashSet();
        return [.. scores.Select(s => s.Leaking || leaking.Contains(s.Fold) ? s with { Leaking = true } : s)];
    }

    /// <summary>Name of the run folder of a fold.</summary>
    public static string FoldFolder(int fold) => string.Create(CultureInfo.InvariantCulture, $"fold-{fold}");

    private static DataSplit Audited(TrainingOptions options, SliceDataset dataset, DataSplit split, bool allowLeaking, CancellationToken cancellationToken) =>
        StartingRun.RequireUnseen(options, LeakageAudit.Run(dataset.Slices, split, cancellationToken: cancellationToken).RequireClean(split, allowLeaking), dataset.Slices, allowLeaking);

    private static TrainedModel Fit(
        TrainingOptions options, SliceDataset dataset, DataSplit split, int fold, int folds, string folder, IProgress<SweepProgress>? progress, CancellationToken cancellationToken) =>
        new Trainer(OfFold(options, fold)).Fit(
            dataset, split, Path.Combine(folder, FoldFolder(fold)), progress is null ? null : new RunProgress(progress, fold, folds, FoldFolder(fold)), cancellationToken);

    private static TrainingOptions OfFold(TrainingOptions options, int fold) =>
        options.StartFrom is { } study && Path.Combine(study, FoldFolder(fold)) is var run && Directory.Exists(run) ? options with { StartFrom = run } : options;

    private static IEnumerable<ModelAssessment> OfOtherFolds(List<TrainedModel> models, SliceDataset dataset, DataSplit[] splits, CancellationToken cancellationToken)
    {
        double[][] logits = [.. models.Zip(splits, (model, split) => Trainer.Score(model.Network, dataset, split.Test, cancellationToken))];
        bool[][] labels = [.. splits.Select(split => split.Test.Select(i => dataset.Slices[i].Positive).ToArray())];
        return models.Select((model, fold) => ModelAssessment.OfFold(
            model, dataset, splits[fold], logits[fold], [.. Others(labels, fold)], [.. Others(logits, fold)]));

        static IEnumerable<T> Others<T>(T[][] all, int fold) => all.Where((_, other) => other != fold).SelectMany(values => values);
    }

    private static bool IsLeaking(string model) =>
        File.Exists(model) && StartingWeights.Open(model).Metadata.TryGetValue(ModelContract.MetadataKey, out var json) && ModelContract.FromJson(json).Training is { LeakingSplit: true };

    private static double Logit(double p) => Math.Log(p / (1 - p));

    private void Save(string folder)
    {
        OutOfFoldSlice.Save(Path.Combine(folder, ScoresFile), Scores);
        var table = new StringBuilder("| test fold | slices, groups | AUC | accuracy | sensitivity | specificity |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var (fold, figures) in Folds.Append(Metrics).Index())
        {
            var leaking = Scores.Any(s => s.Leaking && (fold == Folds.Count || fold == s.Fold));
            var name = DataSplit.Labelled(fold == Folds.Count ? "all, out of fold" : fold.ToString(CultureInfo.InvariantCulture), leaking);
            table.Append(CultureInfo.InvariantCulture, $"| {name} | {figures[0].Samples}, {figures[0].Groups} | {string.Join(" | ", figures.Select(Cell))} |\n");
        }

        AtomicText.Write(Path.Combine(folder, "crossval.md"), table.ToString());
    }

    private static string Cell(ModelMetric m) => m.Lower is { } lower && m.Upper is { } upper
        ? string.Create(CultureInfo.InvariantCulture, $"{m.Value:F3} ({lower:F3}-{upper:F3})")
        : string.Create(CultureInfo.InvariantCulture, $"{m.Value:F3}");
}
