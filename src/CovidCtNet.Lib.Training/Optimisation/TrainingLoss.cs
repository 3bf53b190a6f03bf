using TorchSharp;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Optimisation;

/// <summary>Computes <see cref="LossOptions"/> on a batch.</summary>
/// <param name="options">The loss.</param>
/// <param name="smoothing">Label smoothing ε: targets become 1 - ε/2 and ε/2.</param>
/// <param name="positiveWeight">Weight of a positive slice.</param>
internal sealed class TrainingLoss(LossOptions options, double smoothing, double positiveWeight)
{
    /// <summary>The weight that <see cref="LossOptions.PositiveWeight"/> stands for, given the training slices.</summary>
    public static double WeightOf(LossOptions options, int positives, int negatives) =>
        options.PositiveWeight ?? (positives > 0 && negatives > 0 ? (double)negatives / positives : 1);

    /// <summary>
    /// Σ w·l / Σ w over the batch. A soft label y, from mixup, weighs and costs as y of a positive and 1 - y of a negative slice.
    /// </summary>
    /// <param name="logits">[N, 1] or [N, 2].</param>
    /// <param name="labels">[N], each in [0, 1].</param>
    public Tensor Compute(Tensor logits, Tensor labels)
    {
        // Scalars are held until torch has read them; see Augmenter.
        using Scalar one = 1, kept = 1 - smoothing, spread = smoothing / 2, weight = positiveWeight;
        using var scope = NewDisposeScope();
        var target = (labels * kept) + spread;
        var (positive, negative) = LogProbabilities(logits);
        var (costPositive, costNegative) = (-positive, -negative);
        if (options.Kind == LossKind.Focal)
        {
            using Scalar gamma = options.FocalGamma, none = 0;
            costPositive *= (one - positive.exp()).clamp_min(none).pow(gamma);
            costNegative *= (one - negative.exp()).clamp_min(none).pow(gamma);
        }

        var (weighted, rest) = (labels * weight, one - labels);
        var cost = (target * costPositive) + ((one - target) * costNegative);
        return ((cost * (weighted + rest)).sum() / (weighted + rest).sum()).MoveToOuterDisposeScope();
    }

    // Logarithms of both classes' probabilities. For the binary loss two outputs count by their difference, as at inference, which is
    // the same number as the softmax; the two losses differ in their head.
    private static (Tensor Positive, Tensor Negative) LogProbabilities(Tensor logits)
    {
        if (logits.shape[1] == 2)
        {
            var both = nn.functional.log_softmax(logits, 1);
            return (both.select(1, 1), both.select(1, 0));
        }

        var logit = logits.squeeze(1);
        return (nn.functional.logsigmoid(logit), nn.functional.logsigmoid(-logit));
    }
}
