using System.Security.Cryptography;
using System.Text;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Guidance;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Optimisation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>
/// Trains a <see cref="CtNetwork"/> and keeps everything of the run in its folder: options, split, history, a
/// checkpoint after each epoch. A run that was stopped goes on from its last checkpoint when it is started again.
/// </summary>
public sealed partial class Trainer
{
    private const int BatchScored = 16;
    private readonly TrainingOptions _options;
    private readonly ILogger _logger;

    /// <summary>Creates a trainer.</summary>
    /// <param name="options">The run.</param>
    /// <param name="logger">Told of resumption, epochs and stops; null for none.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public Trainer(TrainingOptions options, ILogger<Trainer>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _logger = logger ?? NullLogger<Trainer>.Instance;
    }

    /// <summary>Trains, or goes on training, and gives the averaged weights of the epoch that the validation slices prefer.</summary>
    /// <param name="dataset">Decoded slices; its preprocessing must be that of the options.</param>
    /// <param name="split">Sides of the slices; the test side is not touched here.</param>
    /// <param name="runFolder">Folder of the run.</param>
    /// <param name="progress">Reported after every step.</param>
    /// <param name="cancellationToken">Stops after the current step, which is saved: the run goes on from there when it is started again.</param>
    /// <exception cref="ArgumentException">The data set was loaded with another preprocessing, or the epoch is to be chosen by validation slices that are not there.</exception>
    /// <exception cref="TrainingException">The folder holds another run, the run to start from has no checkpoint or another network, or the loss is no longer a number.</exception>
    /// <exception cref="LeakingSplitException">The run to start from was trained on slices that this split validates or tests on.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="TorchNotAvailableException">No libtorch on this machine.</exception>
    public TrainedModel Fit(SliceDataset dataset, DataSplit split, string runFolder, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentException.ThrowIfNullOrEmpty(runFolder);
        if (dataset.Preprocessing != _options.Preprocessing)
        {
            throw new ArgumentException("The data set was loaded with another preprocessing than the options name.", nameof(dataset));
        }

        if (split.Validation.Count == 0 && _options.SelectBy != ValidationMetric.LastEpoch)
        {
            throw new ArgumentException($"The split has no validation slices to choose the epoch by {_options.SelectBy}: use {nameof(ValidationMetric.LastEpoch)}.", nameof(split));
        }

        StartingRun.RequireUnseen(_options, split, dataset.Slices);
        TorchRuntime.EnsureLoaded();
        var checkpoint = RequireSameRun(split, dataset.Slices, runFolder);
        var splitHash = HashOf(split, dataset.Slices);
        Directory.CreateDirectory(runFolder);
        split.Save(Path.Combine(runFolder, StartingRun.SplitFile), dataset.Slices);
        AtomicText.Write(Path.Combine(runFolder, "options.json"), _options.ToJson());

        set_num_threads(_options.Threads);
        using var network = CtNetwork.Create(_options.Network, _options.Seed);
        if (_options.StartFrom is { } start)
        {
            StartingWeights.Load(start, network);
        }

        network.UseChannelsLast();
        network.Freeze(_options.FrozenStages);
        using var average = new WeightAverage(network, _options.AverageDecay);
        using var optimizer = OptimizerFactory.Create(network, _options.Optimizer);

        if (checkpoint is not null)
        {
            checkpoint.Restore(network, average.Network, optimizer);
            LogResumed(runFolder, checkpoint.State.Step, checkpoint.State.History.Count);
        }

        var guide = _options.Guidance is { } guidance ? new AttentionGuide(guidance, _options) : null;
        var history = checkpoint?.State.History.ToList() ?? [];
        var expanded = _options.FixedVariants > 0
            ? ExpandedSlices.Create(dataset, split.Train, _options.Augmentation, _options.Seed, _options.FixedVariants, cancellationToken: cancellationToken)
            : null;
        var run = new RunClock(checkpoint?.State.Step ?? 0, _options, expanded?.Count ?? split.Train.Count, progress, history);
        var positives = split.Train.Count(i => dataset.Slices[i].Positive);
        var loss = new TrainingLoss(_options.Loss, _options.LabelSmoothing, TrainingLoss.WeightOf(_options.Loss, positives, split.Train.Count - positives));
        var session = new TrainingSession(_options, dataset, split, expanded, network, average, optimizer, loss, guide, run);
        while (history.Count < _options.Epochs && !IsOutOfPatience(history))
        {
            var finished = session.RunEpoch(history.Count, checkpoint?.State, Save, cancellationToken);
            var (auc, accuracy, validationLoss) = Validate(average.Network, dataset, split, history.Count < _options.HalfSizeEpochs, history.Count + 1, cancellationToken);
            history.Add(new EpochResult(history.Count + 1, finished, validationLoss, auc, accuracy, _options.Optimizer.RateAt(run.Step - 1, run.Steps), run.ImagesPerSecond));
            Save(0, 0);
            var done = history[^1];
            LogEpoch(runFolder, done.Epoch, _options.Epochs, done.TrainingLoss, done.ValidationLoss, done.ValidationAuc, done.ImagesPerSecond);
            AtomicText.Write(Path.Combine(runFolder, "history.csv"), HistoryCsv.Format(history));
            run.Report(double.NaN);
        }

        var result = CtNetwork.Create(_options.Network);
        checkpoint!.RestoreBest(result);
        result.eval();
        return new TrainedModel(result, _options, history, BestOf(history));

        void Save(double lossSum, int seen)
        {
            // Weights that are no numbers never become numbers again: a checkpoint of them would take the place of one to go on from.
            if (!average.IsFinite())
            {
                throw Diverged("weights", seen == 0 ? history.Count : history.Count + 1);
            }

            var best = history.Count == 0 ? 0 : BestOf(history);
            checkpoint = Checkpoint.Save(
                runFolder, new CheckpointState(_options, splitHash, run.Step, lossSum, seen, [.. history], best), network, average.Network, optimizer, checkpoint, isBest: seen == 0 && best == history.Count);
            LogCheckpoint(runFolder, run.Step);
        }
    }

    /// <summary>Lets a folder pass that is free or holds this very run, to go on; nothing is written. <see cref="Fit"/> asks the same first.</summary>
    /// <param name="split">Sides of the slices.</param>
    /// <param name="slices">The slices.</param>
    /// <param name="runFolder">Folder of the run.</param>
    /// <exception cref="TrainingException">The folder holds another run.</exception>
    public void RequireFolder(DataSplit split, IReadOnlyList<SliceRecord> slices, string runFolder)
    {
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentException.ThrowIfNullOrEmpty(runFolder);
        RequireSameRun(split, slices, runFolder);
    }

    /// <summary>Positive-class logits of the network for slices of a data set, without augmentation.</summary>
    internal static double[] Score(CtNetwork network, SliceDataset dataset, IReadOnlyList<int> slices, CancellationToken cancellationToken = default) =>
        Score(network, dataset, slices, halfSize: false, cancellationToken);

    private static double[] Score(CtNetwork network, SliceDataset dataset, IReadOnlyList<int> slices, bool halfSize, CancellationToken cancellationToken)
    {
        var logits = new double[slices.Count];
        var chosen = slices.ToArray();
        using var noGrad = no_grad();
        for (var start = 0; start < chosen.Length; start += BatchScored)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var indices = chosen.AsSpan(start, Math.Min(BatchScored, chosen.Length - start));
            var output = PositiveLogit(network.forward(Sized(Normalise(Batch(dataset.Gather(indices), dataset), dataset), halfSize))).to_type(ScalarType.Float64);
            output.data<double>().CopyTo(logits.AsSpan(start));
        }

        return logits;
    }

    private static (double Auc, double Accuracy, double Loss) Validate(CtNetwork network, SliceDataset dataset, DataSplit split, bool halfSize, int epoch, CancellationToken cancellationToken)
    {
        var slices = split.Validation;
        if (slices.Count == 0)
        {
            RequireFinite(Score(network, dataset, [.. split.Train.Take(BatchScored)], halfSize, cancellationToken), epoch);
            return (double.NaN, double.NaN, double.NaN);
        }

        var logits = Score(network, dataset, slices, halfSize, cancellationToken);
        RequireFinite(logits, epoch);
        var labels = slices.Select(i => dataset.Slices[i].Positive).ToArray();

        // Cross-entropy of a logit: softplus(-z) for a positive slice, softplus(z) for a negative one, in its stable form.
        var loss = logits.Zip(labels, (z, positive) => positive ? -z : z).Average(z => Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z))));
        return (Auc.Compute(labels, logits), logits.Zip(labels, (z, positive) => z > 0 == positive).Average(right => right ? 1.0 : 0.0), loss);
    }

    // Weights may be numbers and still too large for a logit; that shows as soon as a slice is scored, be it one that was trained on.
    private static void RequireFinite(double[] logits, int epoch)
    {
        if (!logits.All(double.IsFinite))
        {
            throw Diverged("logits", epoch);
        }
    }

    private static TrainingException Diverged(string what, int epoch) =>
        new($"The {what} after epoch {epoch} are no numbers any more: training diverges and stops, its last checkpoint is kept. Lower the learning rate.") { IsDivergence = true };

    // With two classes, cross-entropy over softmax is binary cross-entropy over the difference of the logits.
    internal static Tensor PositiveLogit(Tensor logits) => logits.shape[1] == 1 ? logits.squeeze(1) : logits.select(1, 1) - logits.select(1, 0);

    internal static Tensor Batch(float[] planes, SliceDataset dataset) =>
        tensor(planes, [planes.Length / (dataset.Preprocessing.Height * dataset.Preprocessing.Width), 1, dataset.Preprocessing.Height, dataset.Preprocessing.Width]);

    internal static Tensor Normalise(Tensor intensity, SliceDataset dataset)
    {
        // Held until torch has read them; see Augmenter.
        using Scalar mean = dataset.Preprocessing.Mean;
        using Scalar deviation = dataset.Preprocessing.StandardDeviation;
        return (intensity - mean) / deviation;
    }

    /// <summary>Slices as they are, or the means of their 2 x 2 pixels.</summary>
    internal static Tensor Sized(Tensor slices, bool half) => half ? nn.functional.avg_pool2d(slices, 2) : slices;

    // Before anything is written: a refused start must leave the records of the run that is there, by which others know what it was trained on.
    private Checkpoint? RequireSameRun(DataSplit split, IReadOnlyList<SliceRecord> slices, string runFolder)
    {
        var checkpoint = Checkpoint.Newest(runFolder);
        if (checkpoint is not null && (checkpoint.State.Options != _options || checkpoint.State.SplitSha256 != HashOf(split, slices)))
        {
            var what = checkpoint.State.SplitSha256 != HashOf(split, slices) ? "data or another split" : "options";
            throw new TrainingException($"The folder '{runFolder}' holds a run with other {what}: start it with the same, or choose a new folder.");
        }

        return checkpoint;
    }

    private static string HashOf(DataSplit split, IReadOnlyList<SliceRecord> slices) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(split.ToCsv(slices))));

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Run}: goes on after step {Step}, {Epochs} epochs finished.")]
    private partial void LogResumed(string run, long step, int epochs);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "{Run}: epoch {Epoch} of {Epochs}, training loss {TrainingLoss}, validation loss {ValidationLoss}, validation AUC {ValidationAuc}, {ImagesPerSecond} images/s.")]
    private partial void LogEpoch(string run, int epoch, int epochs, double trainingLoss, double validationLoss, double validationAuc, double imagesPerSecond);

    [LoggerMessage(EventId = 3, Level = LogLevel.Debug, Message = "{Run}: checkpoint at step {Step}.")]
    private partial void LogCheckpoint(string run, long step);

    private bool IsOutOfPatience(List<EpochResult> history) =>
        _options.Patience > 0 && history.Count > _options.HalfSizeEpochs && history.Count - BestOf(history) >= _options.Patience;

    // Epochs of half size judged another task: one of whole slices is better than any of them.
    private int BestOf(List<EpochResult> history) => history.MaxBy(r => r.Epoch <= _options.HalfSizeEpochs ? (0, r.Epoch) : (1, _options.SelectBy switch
    {
        ValidationMetric.Loss => -r.ValidationLoss,
        ValidationMetric.Accuracy => r.ValidationAccuracy,
        ValidationMetric.LastEpoch => r.Epoch,
        _ => r.ValidationAuc,
    }))!.Epoch;
}
