using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Agreement;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>Occlusion is exact where the effect of a window is known, and its fast mode is near and honest.</summary>
public class OcclusionTests
{
    [Fact]
    public void The_drop_of_a_linear_model_is_that_of_the_pixels_covered()
    {
        // Logit 4 mean - 1 of the normalised input; windows do not overlap, so that each pixel has the drop of its own.
        var image = ExplainerModels.Slice(1);
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Mean(), ExplainerModels.Preprocessing);
        var map = explainer.Explain(image, AttentionMethod.Occlusion, Options(4, 4, OcclusionFill.Zero));
        var input = ExplainerModels.Preprocessing.Apply(image);
        for (var window = 0; window < 16; window++)
        {
            var (left, top) = (window % 4 * 4, window / 4 * 4);
            var covered = Enumerable.Range(0, 16).Sum(i => input[((top + (i / 4)) * 16) + left + (i % 4)] + 0.5);
            Assert.Equal(4 * covered / 256, map.RawValues[(top * 16) + left], 1e-5);
        }
    }

    [Fact]
    public void Windows_that_covering_does_not_change_have_no_drop_and_padding_is_not_covered()
    {
        var image = CtImage.FromGray8([.. new byte[16 * 4], .. Enumerable.Repeat((byte)200, 16 * 4)], 16, 8);
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Mean(), ExplainerModels.Preprocessing with { Fit = CtFit.Letterbox });
        var map = explainer.Explain(image, AttentionMethod.Occlusion, Options(4, 4, OcclusionFill.Zero));
        Assert.All(map.RawValues[..(8 * 16)].ToArray(), v => Assert.Equal(0, v));
        Assert.All(map.RawValues.Slice(8 * 16, 4 * 16).ToArray(), v => Assert.Equal(4 * 16 * (200 / 255f / 0.5f) / 256, v, 1e-5f));
        Assert.Equal(0, map.PaddingShare, 1e-9);
    }

    [Fact]
    public void The_map_peaks_at_the_place_that_the_model_looks_at()
    {
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Spot(64, 40, 12, 8), new CtPreprocessing { Width = 64, Height = 64 });
        var map = explainer.Explain(CtImage.FromGray8([.. Enumerable.Repeat((byte)200, 64 * 64)], 64, 64), AttentionMethod.Occlusion, Options(8, 2, OcclusionFill.Zero));
        var peak = map.Values.ToArray().Index().MaxBy(p => p.Item).Index;
        Assert.InRange(peak % 64, 40, 47);
        Assert.InRange(peak / 64, 12, 19);
    }

    [Fact]
    public void The_fast_mode_runs_an_eighth_of_the_windows_and_keeps_the_ranks()
    {
        // A network and a phantom: an effect that is smooth over about a window, as with real ones.
        var image = CtPhantom.Create(3, new CtPhantomOptions { Opacities = 4 }).Image;
        using var explainer = GraphExplainer.FromGraph(
            ExplainerModels.Network(softmax: false, side: 96), new CtPreprocessing { Width = 96, Height = 96 },
            options: new() { Runtime = new() { BatchSize = 4 } });
        var exact = explainer.Explain(image, AttentionMethod.Occlusion, new ExplainOptions { TargetClass = 0, Occlusion = new() { PatchSize = 16, Stride = 3 } });
        var fast = explainer.Explain(image, AttentionMethod.Occlusion, new ExplainOptions { TargetClass = 0, Occlusion = new() { PatchSize = 16, Stride = 3, Mode = OcclusionMode.Fast } });
        Assert.Null(exact.EstimatedError);
        Assert.True(fast.EstimatedError!.WindowsRun * 8 <= fast.EstimatedError.WindowsExact);

        // A lattice of 63 windows, less the three that would be a batch of their own.
        Assert.Equal(60, fast.EstimatedError.WindowsRun);
        Assert.InRange(fast.EstimatedError.CheckedWindows, 10, fast.EstimatedError.WindowsRun);
        Assert.InRange(Correlation.Spearman(Doubles(exact), Doubles(fast)), 0.9, 1);
    }

    [Theory]
    [InlineData(200, 8)]
    [InlineData(8, 200)]
    public void The_fast_mode_takes_a_slice_as_narrow_as_its_windows(int width, int height)
    {
        using var explainer = GraphExplainer.FromGraph(
            ExplainerModels.Spot(200, 96, 96, 8), new CtPreprocessing { Width = 200, Height = 200, Fit = CtFit.Letterbox });
        var image = CtImage.FromGray8([.. Enumerable.Repeat((byte)200, width * height)], width, height);
        var map = explainer.Explain(image, AttentionMethod.Occlusion, new ExplainOptions
        {
            TargetClass = 1,
            Occlusion = new() { PatchSize = 8, Stride = 1, Fill = OcclusionFill.Zero, Mode = OcclusionMode.Fast },
        });
        Assert.Equal(193, map.EstimatedError!.WindowsExact);
        Assert.InRange(map.EstimatedError.WindowsRun, 16, 193 / 8);
        Assert.False(map.IsFlat);
    }

    private static ExplainOptions Options(int patch, int stride, OcclusionFill fill) =>
        new() { TargetClass = 1, Occlusion = new() { PatchSize = patch, Stride = stride, Fill = fill } };

    private static double[] Doubles(AttentionMap map) => Array.ConvertAll(map.RawValues.ToArray(), v => (double)v);
}
