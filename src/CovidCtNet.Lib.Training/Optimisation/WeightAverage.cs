using CovidCtNet.Lib.Training.Networks;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Optimisation;

/// <summary>
/// Exponential moving average of a network's weights and batch-normalisation statistics, kept in a second network:
/// a ← d·a + (1 - d)·w after each step, with d rising from 0.1 so that the start is forgotten (as in Tan and Le, arXiv 1905.11946).
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly (Tensor Average, Tensor Current)[] _pairs;

    public WeightAverage(CtNetwork current, double decay)
    {
        _decay = decay;
        Network = CtNetwork.Create(current.Options);
        Network.eval();
        var currentState = current.state_dict();
        _pairs = [.. Network.state_dict().Select(p => (p.Value, currentState[p.Key]))];
        using var noGrad = no_grad();
        foreach (var (average, value) in _pairs)
        {
            average.copy_(value);
        }
    }

    /// <summary>The averaged network, in evaluation mode.</summary>
    public CtNetwork Network { get; }

    /// <summary>Takes the weights after step <paramref name="step"/> (from 0) in.</summary>
    public void Update(long step)
    {
        using var noGrad = no_grad();
        var decay = Math.Min(_decay, (1.0 + step) / (10 + step));

        // Held until torch has read it; see Augmenter.
        using var weight = tensor(1 - decay);
        foreach (var (average, current) in _pairs)
        {
            if (average.is_floating_point())
            {
                average.lerp_(current, weight);
            }
            else
            {
                average.copy_(current);
            }
        }
    }

    /// <summary>Whether every average is a number. One step to a weight that is none leaves none.</summary>
    public bool IsFinite()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return _pairs.All(p => !p.Average.is_floating_point() || p.Average.isfinite().all().item<bool>());
    }

    public void Dispose() => Network.Dispose();
}
