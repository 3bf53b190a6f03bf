using MathNet.Numerics.Distributions;
using TorchSharp;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Augmentation;

/// <summary>
/// Blends each slice and its label with another of the batch: x = λ·x₁ + (1 - λ)·x₂, y likewise, λ from Beta(α, α)
/// (Zhang et al., "mixup: Beyond Empirical Risk Minimization", arXiv 1710.09412, equation 1).
/// </summary>
internal static class Mixup
{
    /// <summary>Blends [N, C, H, W] and [N] by a random pairing; the same seed gives the same result.</summary>
    public static (Tensor X, Tensor Y) Apply(Tensor x, Tensor y, double alpha, int seed)
    {
        using Scalar one = 1; // Held until torch has read it; see Augmenter.
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        var partners = Enumerable.Range(0, (int)x.shape[0]).Select(i => (long)i).ToArray();
        random.Shuffle(partners);
        var weights = partners.Select(_ => (float)Beta.Sample(random, alpha, alpha)).ToArray();
        var lambda = tensor(weights);
        var wide = lambda.reshape(-1, 1, 1, 1);
        var index = tensor(partners);
        var mixed = (x * wide) + (x.index_select(0, index) * (one - wide));
        var labels = (y * lambda) + (y.index_select(0, index) * (one - lambda));
        return (mixed.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }
}
