using System.Globalization;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Export;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>
/// Calibration and threshold of a trained model, chosen on the validation side alone, and its figures on the test side, with
/// intervals by whole groups where groups are known.
/// </summary>
public sealed class ModelAssessment
{
    private readonly TrainedModel _model;
    private readonly DataSplit _split;

    private ModelAssessment(TrainedModel model, DataSplit split, double temperature, double threshold)
    {
        _model = model;
        _split = split;
        Temperature = temperature;

        // Youden's threshold may sit on the largest score; the contract wants a probability inside (0, 1).
        Threshold = Math.Clamp(threshold, 1e-6, 1 - 1e-6);
    }

    /// <summary>Temperature T of the calibration p = sigmoid(logit / T).</summary>
    public double Temperature { get; }

    /// <summary>Calibrated probability that maximises Youden's index on the validation side.</summary>
    public double Threshold { get; }

    /// <summary>The slices of both sides with their logits and calibrated probabilities.</summary>
    public IReadOnlyList<ScoredSlice> Scores { get; private init; } = [];

    /// <summary>Figures of both sides, as the contract carries them. Those of the validation side are biased upwards: it chose the epoch.</summary>
    public IReadOnlyList<ModelMetric> Metrics { get; private init; } = [];

    // What temperature and threshold were chosen on, where it is not the validation side.
    private string? CalibratedOn { get; init; }

    /// <summary>Scores validation and test slices and computes all of it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ModelAssessment Compute(TrainedModel model, SliceDataset dataset, DataSplit split, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(split);
        var validation = Trainer.Score(model.Network, dataset, split.Validation, cancellationToken);
        var labels = split.Validation.Select(i => dataset.Slices[i].Positive).ToArray();
        var (calibration, threshold) = Calibrate(labels, validation);
        var test = Trainer.Score(model.Network, dataset, split.Test, cancellationToken);
        ScoredSlice[] scores = [.. Join(dataset, split.Validation, "validation", validation, calibration), .. Join(dataset, split.Test, "test", test, calibration)];
        return new ModelAssessment(model, split, calibration.Temperature, threshold)
        {
            Scores = scores,
            Metrics = [.. Figures("validation", scores, split, threshold), .. split.Test.Count > 0 ? Figures("test", scores, split, threshold) : []],
        };
    }

    /// <summary>
    /// Assesses the model of a fold that left no slice to validate on: temperature and threshold are chosen on the slices of the other
    /// folds, each scored by the model that had not seen it.
    /// </summary>
    internal static ModelAssessment OfFold(TrainedModel model, SliceDataset dataset, DataSplit split, double[] test, bool[] otherLabels, double[] otherLogits)
    {
        var (calibration, threshold) = Calibrate(otherLabels, otherLogits);
        ScoredSlice[] scores = [.. Join(dataset, split.Test, "test", test, calibration)];
        return new ModelAssessment(model, split, calibration.Temperature, threshold)
        {
            Scores = scores,
            Metrics = Figures("test", scores, split, threshold),
            CalibratedOn = "out-of-fold scores of the other folds",
        };
    }

    /// <summary>
    /// Assesses a model that was trained on every slice by the cross-validation of its recipe: temperature and threshold are chosen on the
    /// scores that the slices got from models which had not seen them, and the figures are those of these models. The last model itself
    /// saw every slice, so that no slice of the set can say anything of it; it learnt from more than each of them.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="split">Its split, <see cref="DataSplit.Everything"/>.</param>
    /// <param name="dataset">The slices that it was trained on.</param>
    /// <param name="outOfFold">The scores of the same slices.</param>
    /// <remarks>Where the cross-validation leaks, its label goes with its figures and into the contract.</remarks>
    /// <exception cref="DatasetException">The scores are of other slices.</exception>
    public static ModelAssessment OfCrossValidation(TrainedModel model, DataSplit split, SliceDataset dataset, IReadOnlyList<OutOfFoldSlice> outOfFold)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(outOfFold);
        RequireScoresOf(dataset.Slices, outOfFold);
        bool[] labels = [.. outOfFold.Select(s => s.Positive)];
        double[] logits = [.. outOfFold.Select(s => s.Logit)];
        var (calibration, threshold) = Calibrate(labels, logits);
        var folds = outOfFold.Select(s => s.Fold).Distinct().Count();
        var leaking = outOfFold.Any(s => s.Leaking);
        var set = DataSplit.Labelled(string.Create(CultureInfo.InvariantCulture, $"out of fold, {folds} models of this recipe"), leaking);
        return new ModelAssessment(model, leaking ? split.AsLeaking("the folds of its cross-validation leak") : split, calibration.Temperature, threshold)
        {
            Metrics = GroupedFigures.Compute(labels, [.. outOfFold.Select(s => s.Margin)], [.. outOfFold.Select(s => s.Group)], 0, set),
            CalibratedOn = "out-of-fold scores of the cross-validation",
        };
    }

    /// <summary>Lets the scores of a cross-validation pass that are of these slices, each with its label, and of no others.</summary>
    /// <param name="slices">The slices that a model is to be trained on.</param>
    /// <param name="outOfFold">The scores.</param>
    /// <exception cref="DatasetException">The scores are of other slices.</exception>
    public static void RequireScoresOf(IReadOnlyList<SliceRecord> slices, IReadOnlyList<OutOfFoldSlice> outOfFold)
    {
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentNullException.ThrowIfNull(outOfFold);
        if (!slices.Select(s => (s.Path, s.Positive)).ToHashSet().SetEquals(outOfFold.Select(s => (s.Path, s.Positive))))
        {
            throw new DatasetException("The out-of-fold scores are not of the slices that the model is trained on: run the cross-validation on the same manifest.");
        }
    }

    /// <summary>The contract of the exported model; the hash of its weights is filled in at export.</summary>
    public ModelContract ToContract(ModelDescription description, string negativeClass, string positiveClass)
    {
        ArgumentNullException.ThrowIfNull(description);
        var o = _model.Options;
        return new ModelContract
        {
            SchemaVersion = ModelContract.CurrentSchemaVersion,
            Name = description.Name,
            Version = description.Version,
            Preprocessing = o.Preprocessing,
            Classes = [negativeClass, positiveClass],
            Threshold = Threshold,
            Temperature = Temperature,
            Network = OnnxExporter.Describe(o.Network),
            Training = new ModelTraining
            {
                Data = description.Data,
                Split = _split.Description,
                LeakingSplit = _split.IsLeaking,
                Seed = o.Seed,
                Recipe = Recipe(o, _split.Train.Count) + Chosen(),
                CalibratedOn = CalibratedOn,
                Date = DateOnly.FromDateTime(DateTime.UtcNow),
            },
            Metrics = Metrics,
            WeightsLicense = description.WeightsLicense,
            WeightsSha256 = new string('0', 64),
            IntendedUse = description.IntendedUse,
            AttentionLayer = description.AttentionLayer,
        };
    }

    /// <summary>Writes <see cref="Scores"/> as CSV: <c>path,label,group,side,logit,probability</c>, label 1 for the positive class.</summary>
    public void SaveScores(string path)
    {
        AtomicText.Write(path, CsvText.Of(
            "path,label,group,side,logit,probability",
            Scores.Select(s => (string?[])[
                s.Path,
                s.Positive ? "1" : "0",
                s.Group,
                s.Side,
                s.Logit.ToString("R", CultureInfo.InvariantCulture),
                s.Probability.ToString("R", CultureInfo.InvariantCulture)])));
    }

    private static (TemperatureScaling Calibration, double Threshold) Calibrate(bool[] labels, double[] logits)
    {
        var calibration = TemperatureScaling.FitLogits(labels, logits);
        return (calibration, Thresholds.Youden(labels, [.. logits.Select(calibration.CalibrateLogit)]).Value);
    }

    private string Chosen() => _model.Options.SelectBy == ValidationMetric.LastEpoch
        ? "; weights of the last epoch"
        : string.Create(CultureInfo.InvariantCulture, $"; weights of epoch {_model.BestEpoch} by validation {(_model.Options.SelectBy == ValidationMetric.Auc ? "AUC" : _model.Options.SelectBy.ToString().ToLowerInvariant())}");

    // A run that started from another names that one's recipe too: the last step alone would not make the weights.
    private static string Recipe(TrainingOptions o, int? slices)
    {
        var own = string.Create(
            CultureInfo.InvariantCulture,
            $"{o.Optimizer.Kind} learning rate {o.Optimizer.LearningRate}, weight decay {o.Optimizer.WeightDecay}, {o.Optimizer.Schedule} schedule, {(o.Patience > 0 ? "at most " : string.Empty)}{o.Epochs} epochs{(o.HalfSizeEpochs > 0 ? string.Create(CultureInfo.InvariantCulture, $", the first {o.HalfSizeEpochs} of half size,") : string.Empty)}{(slices is null ? string.Empty : $" of {slices} slices")}, batch {o.BatchSize}, {o.Network.InputWidth}x{o.Network.InputHeight} pixels, label smoothing {o.LabelSmoothing}, mixup {o.Mixup}{(o.Patience > 0 ? string.Create(CultureInfo.InvariantCulture, $", patience {o.Patience}") : string.Empty)}, weight average {o.AverageDecay}, seed {o.Seed}, {o.Threads} threads, {o.Loss.Kind}{Guided(o)}{(o.Network.StandardizeInput ? ", each slice less its mean over its standard deviation" : string.Empty)}; {o.Augmentation}");
        var before = o.StartFrom is null ? null : Path.Combine(o.StartFrom, "options.json");
        return before is null ? own
            : File.Exists(before) ? $"{own}; started from the best weights of: {Recipe(TrainingOptions.FromJson(File.ReadAllText(before)), null)}"
            : $"{own}; started from the weights of {Path.GetFileName(o.StartFrom)}";
    }

    private static string Guided(TrainingOptions o) => o.Guidance is not { } g ? string.Empty : string.Create(
        CultureInfo.InvariantCulture, $", attention guided by {g.SlicesPerStep} slices with infection masks a step at weight {g.Weight}, infections lent to negative slices with probability {g.Transplants}");

    private static IEnumerable<ScoredSlice> Join(SliceDataset dataset, IReadOnlyList<int> slices, string side, double[] logits, TemperatureScaling calibration) =>
        slices.Select((slice, i) => new ScoredSlice(dataset.Slices[slice].Path, dataset.Slices[slice].Positive, dataset.Slices[slice].Group, side, logits[i], calibration.CalibrateLogit(logits[i])));

    private static ModelMetric[] Figures(string side, IReadOnlyList<ScoredSlice> all, DataSplit split, double threshold)
    {
        var scored = all.Where(s => s.Side == side).ToArray();
        return GroupedFigures.Compute(
            [.. scored.Select(s => s.Positive)], [.. scored.Select(s => s.Probability)], [.. scored.Select(s => s.Group)], threshold, DataSplit.Labelled(side, split.IsLeaking));
    }
}
