using TorchSharp;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Guidance;

/// <summary>How far the place of the class evidence is from the place of the infection.</summary>
internal static class GuidanceLoss
{
    // Share of the target that is spread evenly, so that no cell's evidence is driven without bound.
    private const double Spread = 0.05;

    /// <summary>-Σ p log softmax(e) over the cells of a slice, averaged over the slices with an infection in view.</summary>
    /// <param name="evidence">Class evidence e of each cell, [N, h, w].</param>
    /// <param name="masks">Infected share of each pixel, [N, 1, H, W].</param>
    /// <returns>A scalar.</returns>
    public static Tensor Compute(Tensor evidence, Tensor masks)
    {
        // Scalars are held until torch has read them; see Augmenter.
        using Scalar least = 1e-3, smallest = 1e-6, one = 1, kept = 1 - Spread;
        using var scope = NewDisposeScope();
        var (n, cells) = (evidence.shape[0], evidence.shape[1] * evidence.shape[2]);
        using Scalar floor = Spread / cells;
        var area = nn.functional.adaptive_avg_pool2d(masks, [evidence.shape[1], evidence.shape[2]]).reshape(n, cells);
        var total = area.sum(1, keepdim: true);
        var seen = (total.gt(least)).to_type(evidence.dtype);
        var target = (area / total.clamp_min(smallest) * kept) + floor;
        var loss = -(target * nn.functional.log_softmax(evidence.reshape(n, cells), 1) * seen).sum() / seen.sum().clamp_min(one);
        return loss.MoveToOuterDisposeScope();
    }
}
