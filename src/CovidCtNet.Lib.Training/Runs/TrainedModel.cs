using CovidCtNet.Lib.Training.Networks;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>The result of a training run: the averaged weights of its best epoch.</summary>
public sealed class TrainedModel : IDisposable
{
    internal TrainedModel(CtNetwork network, TrainingOptions options, IReadOnlyList<EpochResult> history, int bestEpoch)
    {
        Network = network;
        Options = options;
        History = history;
        BestEpoch = bestEpoch;
    }

    /// <summary>The network, in evaluation mode.</summary>
    public CtNetwork Network { get; }

    /// <summary>Options of the run.</summary>
    public TrainingOptions Options { get; }

    /// <summary>All epochs of the run.</summary>
    public IReadOnlyList<EpochResult> History { get; }

    /// <summary>Epoch from 1 that the weights are from.</summary>
    public int BestEpoch { get; }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
