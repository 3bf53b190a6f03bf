using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Faithfulness;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>Faithfulness is high for the true map of a model whose reason is known, and low for a wrong one.</summary>
public class FaithfulnessTests
{
    private static readonly CtPreprocessing Plain = new() { Width = 64, Height = 64 };
    private static readonly CtImage Bright = CtImage.FromGray8([.. Enumerable.Repeat((byte)255, 64 * 64)], 64, 64);

    [Fact]
    public void Deleting_and_inserting_by_the_true_map_is_early_and_by_its_opposite_late()
    {
        // The model sees only a window of 8 x 8, a 64th of the slice: the true map has taken it away after the first step of 20.
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Spot(64, 40, 12, 8), Plain);
        var options = new PerturbationOptions { Fill = OcclusionFill.Zero };
        var truth = PerturbationTest.Run(explainer, Window(inside: 1, outside: 0), options);
        var wrong = PerturbationTest.Run(explainer, Window(inside: 0, outside: 1), options);

        // Logits 2 with the window and -2 without: probabilities 0.881 and 0.119, joined by one step of 1/20.
        var (high, low) = (1 / (1 + Math.Exp(-2)), 1 / (1 + Math.Exp(2)));
        Assert.Equal(high, truth.Deletion.Probabilities[0], 1e-5);
        Assert.Equal(low + ((high - low) / 40), truth.Deletion.Area, 1e-4);
        Assert.Equal(high - ((high - low) / 40), truth.Insertion.Area, 1e-4);
        Assert.Equal(high - ((high - low) / 40), wrong.Deletion.Area, 2e-2);
        Assert.InRange(truth.RandomDeletion.Area, truth.Deletion.Area + 0.05, 1);
        Assert.Equal(21, truth.Deletion.Shares.Count);
        Assert.Equal(1, truth.Deletion.Shares[^1]);
    }

    [Fact]
    public void Randomised_weights_change_the_map_of_a_network_and_unrandomised_ones_do_not()
    {
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing);
        var steps = RandomisationTest.Run(explainer, ExplainerModels.Slice(1), AttentionMethod.GradCam, steps: 3);
        Assert.Equal([1, 2, 3], steps.Select(s => s.RandomisedLayers));
        Assert.All(steps, s => Assert.Equal(3, s.Layers));
        Assert.True(steps[^1].RankCorrelation < 0.9);

        // A mask that no weight takes part in stays: a map like this would fail the check.
        using var fixedPlace = GraphExplainer.FromGraph(ExplainerModels.Spot(64, 40, 12, 8), Plain);
        var same = RandomisationTest.Run(fixedPlace, Bright, AttentionMethod.Occlusion, new ExplainOptions { TargetClass = 1, Occlusion = new() { Fill = OcclusionFill.Zero, PatchSize = 8, Stride = 8 } }, steps: 1);
        Assert.Equal(1, same[0].RankCorrelation, 1e-9);
    }

    [Fact]
    public void A_map_that_moves_with_the_slice_repeats_and_one_that_stays_does_not()
    {
        // Convolutions move with their input; a model of one fixed place does not.
        var image = CtPhantom.Create(2, new CtPhantomOptions { Opacities = 4, Width = 128, Height = 128 }).Image;
        using var moving = GraphExplainer.FromGraph(ExplainerModels.Network(side: 128), new CtPreprocessing { Width = 128, Height = 128 });
        var repeated = RepeatabilityTest.Run(moving, image, AttentionMethod.LayerCam, new ExplainOptions { TargetClass = 0 }, shift: 4);
        Assert.InRange(repeated.LowestCorrelation, 0.9, 1);
        Assert.InRange(repeated.MeanCorrelation, repeated.LowestCorrelation, 1);

        using var fixedPlace = GraphExplainer.FromGraph(ExplainerModels.Spot(64, 40, 12, 8), Plain);
        var options = new ExplainOptions { TargetClass = 1, Occlusion = new() { Fill = OcclusionFill.Zero, PatchSize = 4, Stride = 2 } };
        Assert.InRange(RepeatabilityTest.Run(fixedPlace, Bright, AttentionMethod.Occlusion, options, shift: 12).MeanCorrelation, -1, 0.3);
    }

    private static AttentionMap Window(float inside, float outside)
    {
        var values = Enumerable.Range(0, 64 * 64).Select(i => i % 64 is >= 40 and < 48 && i / 64 is >= 12 and < 20 ? inside : outside).ToArray();
        return AttentionMap.FromPixels(Bright, values, AttentionScaling.Positive, new AttentionSource { Method = "test", ClassIndex = 1 });
    }
}
