using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Guidance;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Optimisation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>The steps of a run: everything that changes weights.</summary>
internal sealed class TrainingSession(
    TrainingOptions options,
    SliceDataset dataset,
    DataSplit split,
    ExpandedSlices? expanded,
    CtNetwork network,
    WeightAverage average,
    OptimizerHelper optimizer,
    TrainingLoss trainingLoss,
    AttentionGuide? guide,
    RunClock run)
{
    // A long epoch is saved on the way, so that a killed process loses no more than this.
    private static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(5);

    // Mean loss of an epoch beyond which training has gone wrong: a sure and wrong answer on every slice costs about 10.
    private const double Diverged = 50;

    /// <summary>Trains an epoch, or the rest of one that was stopped, and gives its mean loss.</summary>
    /// <param name="epoch">Epoch from 0.</param>
    /// <param name="from">The state to go on from; its loss counts if it is within this epoch.</param>
    /// <param name="save">Saves the run between two steps, with the sum of the losses and the number of slices so far.</param>
    /// <param name="cancellationToken">Saves and stops between two steps.</param>
    public double RunEpoch(int epoch, CheckpointState? from, Action<double, int> save, CancellationToken cancellationToken)
    {
        network.train();
        network.Freeze(options.FrozenStages);
        var order = expanded is null ? split.Train.ToArray() : [.. Enumerable.Range(0, expanded.Count)];
        new Random(SeedOf(epoch, -1)).Shuffle(order);
        var steps = RunClock.StepsPerEpoch(order.Length, options.BatchSize);
        var first = (int)(run.Step - ((long)epoch * steps));
        var (sum, seen) = first > 0 ? (from!.LossSum, from.Seen) : (0, 0);
        var sinceSave = Stopwatch.StartNew();
        for (var step = first; step < steps; step++)
        {
            if (cancellationToken.IsCancellationRequested || sinceSave.Elapsed > SaveEvery)
            {
                if (step > first)
                {
                    save(sum, seen);
                }

                cancellationToken.ThrowIfCancellationRequested();
                sinceSave.Restart();
            }

            var start = step * options.BatchSize;
            var indices = order.AsSpan(start, Math.Min(options.BatchSize, order.Length - start));
            var loss = TryStep(indices, epoch, step);
            sum += loss * indices.Length;
            seen += indices.Length;
            if (!float.IsFinite(loss) || sum / seen > Diverged)
            {
                throw new TrainingException($"The loss is {loss} and diverges in epoch {epoch + 1}: the run stops, its last checkpoint is kept. Lower the learning rate.") { IsDivergence = true };
            }

            run.Advance(indices.Length, sum / seen);
        }

        return sum / seen;
    }

    // Torch's own failures, such as want of memory, come as native exceptions; a checkpoint is whole whatever they are.
    private float TryStep(ReadOnlySpan<int> indices, int epoch, int step)
    {
        try
        {
            return Step(indices, SeedOf(epoch, step), epoch < options.HalfSizeEpochs);
        }
        catch (ExternalException e)
        {
            var reason = e.Message.Split('\n', 2)[0];
            throw new TrainingException($"Torch failed in epoch {epoch + 1}, step {step + 1}: {reason} The last checkpoint is whole: start the run again to go on from it.", e);
        }
    }

    private float Step(ReadOnlySpan<int> indices, int seed, bool halfSize)
    {
        using var scope = NewDisposeScope();
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = options.Optimizer.RateAt(run.Step, run.Steps);
        }

        var (slices, labels) = (expanded?.Gather(indices) ?? dataset.Gather(indices), Labels(indices));
        guide?.Transplant(slices, labels, seed);
        var intensity = Trainer.Batch(slices, dataset);
        var x = Trainer.Normalise(expanded is null ? Augmenter.Apply(intensity, options.Augmentation, seed) : intensity, dataset);
        var y = tensor(labels);
        if (options.Mixup > 0)
        {
            (x, y) = Mixup.Apply(x, y, options.Mixup, seed);
        }

        x = Trainer.Sized(x, halfSize);
        var loss = guide is null
            ? trainingLoss.Compute(network.forward(x), y)
            : guide.Loss(network, x, logits => trainingLoss.Compute(logits, y), g => Trainer.Normalise(g, dataset), seed, halfSize);
        optimizer.zero_grad();
        loss.backward();
        if (options.GradientClip > 0)
        {
            nn.utils.clip_grad_norm_(network.parameters().Where(p => p.requires_grad), options.GradientClip);
        }

        optimizer.step();
        average.Update(run.Step);
        return loss.item<float>();
    }

    private float[] Labels(ReadOnlySpan<int> indices)
    {
        var labels = new float[indices.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = dataset.Slices[expanded?.SliceOf(indices[i]) ?? indices[i]].Positive ? 1 : 0;
        }

        return labels;
    }

    // One seed per step, so that a resumed run draws what the unbroken run would have drawn.
    private int SeedOf(int epoch, int step) =>
        BitConverter.ToInt32(SHA256.HashData(Encoding.ASCII.GetBytes($"{options.Seed}/{epoch}/{step}"))) & int.MaxValue;
}
