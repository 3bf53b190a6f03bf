using System.Security.Cryptography;
using System.Text;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Guidance;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Optimisation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>
/// Trains a <see cref="ResidualAttentionNetwork"/> and keeps everything of the run in its folder: options, split, history, a
/// checkpoint after each epoch. A run that was stopped goes on from its last checkpoint when it is started again.
/// </summary>
public sealed class Trainer
{
    private readonly TrainingOptions _options;

    /// <summary>Creates a trainer.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public Trainer(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <summary>Trains, or goes on training, and gives the averaged weights of the epoch with the best validation AUC.</summary>
    /// <param name="dataset">Decoded slices; its preprocessing must be that of the options.</param>
    /// <param name="split">Sides of the slices; the test side is not touched here.</param>
    /// <param name="runFolder">Folder of the run.</param>
    /// <param name="progress">Reported after every step.</param>
    /// <param name="cancellationToken">Stops after the current step; the epochs before it are kept.</param>
    /// <exception cref="TrainingException">The folder holds another run, the run to start from has no checkpoint or another network, or the loss is no longer a number.</exception>
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

        TorchRuntime.EnsureLoaded();
        Directory.CreateDirectory(runFolder);
        var splitFile = Path.Combine(runFolder, "split.csv");
        split.Save(splitFile, dataset.Slices);
        var splitHash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(splitFile)));
        AtomicText.Write(Path.Combine(runFolder, "options.json"), _options.ToJson());

        set_num_threads(_options.Threads);
        using var network = new ResidualAttentionNetwork(_options.Network, _options.Seed);
        if (_options.StartFrom is { } start)
        {
            var from = Checkpoint.Newest(start) ?? throw new TrainingException($"The folder '{start}' has no checkpoint to start from.");
            from.RestoreBest(network);
        }

        network.UseChannelsLast();
        using var average = new WeightAverage(network, _options.AverageDecay);
        using var optimizer = OptimizerFactory.Create(network, _options.Optimizer);

        var checkpoint = Checkpoint.Newest(runFolder);
        if (checkpoint is not null)
        {
            RequireSameRun(checkpoint.State, splitHash, runFolder);
            checkpoint.Restore(network, average.Network, optimizer);
        }

        var guide = _options.Guidance is { } guidance ? new AttentionGuide(guidance, _options) : null;
        var history = checkpoint?.State.History.ToList() ?? [];
        var run = new RunClock(history.Count, _options, split.Train.Count, progress, history);
        while (history.Count < _options.Epochs && !IsOutOfPatience(history))
        {
            var epoch = history.Count;
            var loss = TrainEpoch(network, average, optimizer, dataset, split, guide, epoch, run, cancellationToken);
            var (auc, validationLoss) = Validate(average.Network, dataset, split.Validation, cancellationToken);
            history.Add(new EpochResult(epoch + 1, loss, validationLoss, auc, _options.Optimizer.RateAt(run.Step - 1, run.Steps), run.ImagesPerSecond));
            var best = history.MaxBy(r => r.ValidationAuc)!.Epoch;
            checkpoint = Checkpoint.Save(runFolder, new CheckpointState(_options, splitHash, [.. history], best), network, average.Network, optimizer, checkpoint);
            AtomicText.Write(Path.Combine(runFolder, "history.csv"), HistoryCsv.Format(history));
            run.Report(double.NaN);
        }

        var result = new ResidualAttentionNetwork(_options.Network);
        checkpoint!.RestoreBest(result);
        result.eval();
        return new TrainedModel(result, _options, history, checkpoint.State.BestEpoch);
    }

    /// <summary>Positive-class logits of the network for slices of a data set, without augmentation.</summary>
    internal static double[] Score(ResidualAttentionNetwork network, SliceDataset dataset, IReadOnlyList<int> slices, CancellationToken cancellationToken = default)
    {
        const int BatchSize = 16;
        var logits = new double[slices.Count];
        var chosen = slices.ToArray();
        using var noGrad = no_grad();
        for (var start = 0; start < chosen.Length; start += BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var indices = chosen.AsSpan(start, Math.Min(BatchSize, chosen.Length - start));
            var output = PositiveLogit(network.forward(Normalise(Batch(dataset.Gather(indices), dataset), dataset))).to_type(ScalarType.Float64);
            output.data<double>().CopyTo(logits.AsSpan(start));
        }

        return logits;
    }

    private double TrainEpoch(ResidualAttentionNetwork network, WeightAverage average, OptimizerHelper optimizer, SliceDataset dataset, DataSplit split, AttentionGuide? guide, int epoch, RunClock run, CancellationToken cancellationToken)
    {
        network.train();
        var order = split.Train.ToArray();
        new Random(SeedOf(epoch, -1)).Shuffle(order);
        var (sum, seen) = (0.0, 0);

        // A last batch too small for batch statistics is left out; the order changes with every epoch.
        for (var start = 0; start < order.Length - (order.Length > 4 ? 3 : 0); start += _options.BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var indices = order.AsSpan(start, Math.Min(_options.BatchSize, order.Length - start));
            var step = start / _options.BatchSize;
            foreach (var group in optimizer.ParamGroups)
            {
                group.LearningRate = _options.Optimizer.RateAt(run.Step, run.Steps);
            }

            var (slices, labels) = (dataset.Gather(indices), Labels(dataset, indices));
            guide?.Transplant(slices, labels, SeedOf(epoch, step));
            var x = Normalise(Augmenter.Apply(Batch(slices, dataset), _options.Augmentation, SeedOf(epoch, step)), dataset);
            var y = tensor(labels);
            if (_options.Mixup > 0)
            {
                (x, y) = Mixup.Apply(x, y, _options.Mixup, SeedOf(epoch, step));
            }

            var loss = guide is null ? Loss(network.forward(x), y) : guide.Loss(network, x, l => Loss(l, y), g => Normalise(g, dataset), SeedOf(epoch, step));
            optimizer.zero_grad();
            loss.backward();
            if (_options.GradientClip > 0)
            {
                nn.utils.clip_grad_norm_(network.parameters(), _options.GradientClip);
            }

            optimizer.step();
            average.Update(run.Step);
            var value = loss.item<float>();
            if (!float.IsFinite(value))
            {
                throw new TrainingException($"The loss is {value} in epoch {epoch + 1}: the run stops, its last checkpoint is kept. Lower the learning rate.");
            }

            sum += value * indices.Length;
            seen += indices.Length;
            run.Advance(indices.Length, sum / seen);
        }

        return sum / seen;
    }

    private static (double Auc, double Loss) Validate(ResidualAttentionNetwork network, SliceDataset dataset, IReadOnlyList<int> slices, CancellationToken cancellationToken)
    {
        var logits = Score(network, dataset, slices, cancellationToken);
        var labels = slices.Select(i => dataset.Slices[i].Positive).ToArray();

        // Cross-entropy of a logit: softplus(-z) for a positive slice, softplus(z) for a negative one, in its stable form.
        var loss = logits.Zip(labels, (z, positive) => positive ? -z : z).Average(z => Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z))));
        return (Auc.Compute(labels, logits), loss);
    }

    private Tensor Loss(Tensor logits, Tensor labels)
    {
        var targets = (labels * (1 - _options.LabelSmoothing)) + (_options.LabelSmoothing / 2);
        return nn.functional.binary_cross_entropy_with_logits(PositiveLogit(logits), targets);
    }

    // With two classes, cross-entropy over softmax is binary cross-entropy over the difference of the logits.
    internal static Tensor PositiveLogit(Tensor logits) => logits.shape[1] == 1 ? logits.squeeze(1) : logits.select(1, 1) - logits.select(1, 0);

    private static Tensor Batch(float[] planes, SliceDataset dataset) => 
        tensor(planes, [planes.Length / (dataset.Preprocessing.Height * dataset.Preprocessing.Width), 1, dataset.Preprocessing.Height, dataset.Preprocessing.Width]);

    private static Tensor Normalise(Tensor intensity, SliceDataset dataset) =>
        (intensity - dataset.Preprocessing.Mean) / dataset.Preprocessing.StandardDeviation;

    private static float[] Labels(SliceDataset dataset, ReadOnlySpan<int> indices)
    {
        var labels = new float[indices.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = dataset.Slices[indices[i]].Positive ? 1 : 0;
        }

        return labels;
    }

    private void RequireSameRun(CheckpointState state, string splitHash, string runFolder)
    {
        if (state.Options != _options || state.SplitSha256 != splitHash)
        {
            var what = state.SplitSha256 != splitHash ? "data or another split" : "options";
            throw new TrainingException($"The folder '{runFolder}' holds a run with other {what}: start it with the same, or choose a new folder.");
        }
    }

    private bool IsOutOfPatience(List<EpochResult> history) =>
        _options.Patience > 0 && history.Count > 0 && history.Count - history.MaxBy(r => r.ValidationAuc)!.Epoch >= _options.Patience;

    // One seed per step, so that a resumed run draws what the unbroken run would have drawn.
    private int SeedOf(int epoch, int step) =>
        BitConverter.ToInt32(SHA256.HashData(Encoding.ASCII.GetBytes($"{_options.Seed}/{epoch}/{step}"))) & int.MaxValue;
}
