using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Graphs;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>The fused map is what its definition makes of the single layers' maps, and its layers are found.</summary>
public class FusedGradCamTests
{
    private static readonly string[] Two = ["relu1", "last"];

    [Fact]
    public void It_is_the_geometric_mean_of_the_layers_maps_at_the_input()
    {
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing);
        var image = ExplainerModels.Slice(3, 20, 12);
        float[][] single = [InputValues("relu1", 16), InputValues("last", 8)];
        var fused = explainer.Explain(image, AttentionMethod.FusedGradCam, new ExplainOptions { FusedLayers = Two });
        Assert.Equal("relu1 + last", fused.Source.TargetLayer);
        Assert.Equal((16, 16), (fused.RawWidth, fused.RawHeight));
        Assert.Contains(single[0].Zip(single[1]), p => p.First * p.Second > 0.01);
        for (var i = 0; i < 256; i++)
        {
            // Gradients of two layers from one graph or from two differ by rounding; a root steepens that near 0.
            Assert.Equal(Math.Sqrt((double)single[0][i] * single[1][i]), fused.RawValues[i], 1e-3);
        }

        // Cell i of the first layer looks at pixel i, of the strided one at pixel 2 i: odd pixels are between two cells, the last beyond all.
        float[] InputValues(string layer, int side)
        {
            var raw = explainer.Explain(image, AttentionMethod.GradCam, new ExplainOptions { TargetLayer = layer }).RawValues.ToArray();
            Assert.Equal(side * side, raw.Length);
            float[] scaled = [.. raw.Select(v => Math.Max(v, 0) / raw.Max())];
            float At(int y, int x) => scaled[(Math.Min(y, side - 1) * side) + Math.Min(x, side - 1)];
            return [.. Enumerable.Range(0, 256).Select(i => (Y: i / 16, X: i % 16)).Select(p => side == 16
                ? At(p.Y, p.X)
                : (At(p.Y / 2, p.X / 2) + At((p.Y + 1) / 2, p.X / 2) + At(p.Y / 2, (p.X + 1) / 2) + At((p.Y + 1) / 2, (p.X + 1) / 2)) / 4)];
        }
    }

    [Theory]
    [InlineData("relu1", "last", "last + Layer-CAM of relu1")]
    [InlineData("last", "last", "last + Layer-CAM of last")]
    [InlineData("relu1,last", "last", "last + Layer-CAM of relu1 and last")]
    public void Fine_layers_are_one_more_factor_by_their_mean_layer_cam_stretched(string fine, string coarse, string name)
    {
        var fineLayers = fine.Split(',');
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing);
        var image = ExplainerModels.Slice(3, 20, 12);
        var joined = explainer.Explain(image, AttentionMethod.FusedGradCam, new ExplainOptions { FusedLayers = [coarse], FineLayers = fineLayers });
        Assert.Equal(name, joined.Source.TargetLayer);
        var cam = explainer.Explain(image, AttentionMethod.FusedGradCam, new ExplainOptions { FusedLayers = [coarse] }).InputValues;
        var layerCams = fineLayers.Select(l => explainer.Explain(image, AttentionMethod.LayerCam, new ExplainOptions { TargetLayer = l }).InputValues.ToArray()).ToArray();
        var product = new double[256];
        for (var i = 0; i < product.Length; i++)
        {
            product[i] = Math.Sqrt((double)cam[i] * layerCams.Average(c => c[i]));
        }

        // Maps are scaled by their largest value at the input, which for a stretched map is a little less than that of its cells.
        Assert.True(product.Max() > 0.1);
        for (var i = 0; i < product.Length; i++)
        {
            Assert.Equal(product[i] / product.Max(), joined.InputValues[i], 2e-3);
        }
    }

    [Fact]
    public void Cells_are_put_where_they_look()
    {
        // Cells at columns 0, 4 and rows 1, 3 of 6 x 5: linear between them, level beyond.
        var place = new CtPlacement(6, 5, 6, 5, 0, 0, 6, 5);
        var input = MapGeometry.ToInput([0, 1, 0.5f, 0.25f], 2, 2, new OnnxCellGrid(1, 2, 0, 4), place);

        Assert.Equal([0, 0.25f, 0.5f, 0.75f, 1, 1], input[..6]);
        Assert.Equal(input[..6], input[6..12]);
        Assert.Equal((float[])[0.25f, 0.34375f, 0.4375f, 0.53125f, 0.625f, 0.625f], input[12..18]);
        Assert.Equal(input[18..24], input[24..30]);
    }

    [Fact]
    public void An_offset_moves_the_joined_map_and_no_other()
    {
        using var centred = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing);
        using var beside = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing, options: new GraphExplainerOptions { AttentionOffset = 3 });
        var image = ExplainerModels.Slice(3, 20, 12);
        float[] Map(GraphExplainer explainer, AttentionMethod method) =>
            explainer.Explain(image, method, method == AttentionMethod.GradCam ? new ExplainOptions { TargetLayer = "last" } : new ExplainOptions { FusedLayers = Two }).RawValues.ToArray();

        Assert.Equal(Map(centred, AttentionMethod.GradCam), Map(beside, AttentionMethod.GradCam));
        var (before, after) = (Map(centred, AttentionMethod.FusedGradCam), Map(beside, AttentionMethod.FusedGradCam));
        Assert.True(before.Distinct().Count() > 50, "the values must tell a move apart");
        for (var y = 3; y < 16; y++)
        {
            for (var x = 3; x < 16; x++)
            {
                Assert.Equal(before[((y - 3) * 16) + x - 3], after[(y * 16) + x], 1e-5f);
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new GraphExplainerOptions { AttentionOffset = double.NaN });
    }

    [Fact]
    public void A_layer_that_says_nothing_has_no_vote()
    {
        float[] zeros = [0, 0, 0, 0];
        Assert.Equal([0.25f, 1, 0, 0.5f], FusedActivations.Join([[0.25f, 1, 0, 0.5f], zeros]));
        Assert.Equal(zeros, FusedActivations.Join([zeros, zeros]));
        Assert.All(FusedActivations.Join([[1, 0.5f], [1, 0.5f], [1, 0.5f]]).Zip([1f, 0.5f]), p => Assert.Equal(p.Second, p.First, 1e-6f));
    }

    [Fact]
    public void A_target_layer_that_is_named_is_looked_at_alone()
    {
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing);
        var image = ExplainerModels.Slice(4);
        var map = explainer.Explain(image, options: new ExplainOptions { TargetLayer = "relu1" });
        Assert.Equal("relu1", map.Source.TargetLayer);
        var alone = explainer.Explain(image, AttentionMethod.GradCam, new ExplainOptions { TargetLayer = "relu1" });
        Assert.All(alone.InputValues.ToArray().Zip(map.InputValues.ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.Contains("layer4", Assert.Throws<ExplanationException>(() => explainer.Explain(image, options: new ExplainOptions { FusedLayers = ["layer4"] })).Message, StringComparison.Ordinal);
        Assert.Contains("layer4", Assert.Throws<ExplanationException>(() => explainer.Explain(image, options: new ExplainOptions { FineLayers = ["layer4"] })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ExplainOptions { FusedLayers = [] });
    }

    [Fact]
    public void The_last_layer_of_each_coarse_grid_is_joined_and_a_named_default_comes_first()
    {
        TargetLayer At(string name, int side) => new(name, "Relu", 8, side, side);
        TargetLayer[] stages = [At("stem", 112), At("a", 28), At("b", 28), At("c", 14), At("d", 7), At("e", 7)];
        Assert.Equal(["b", "c", "e"], GraphLayers.Fused(stages, 224, 224));
        TargetLayer[] residualAttention = [At("pre1/sum", 40), At("attention1/after/sum", 40), At("pre2/bn3/relu", 20), At("pre2/sum", 20), At("attention2/trunk0/bn2/relu", 20), At("attention2/trunk1/bn2/relu", 20), At("attention2/trunk1/sum", 20), At("attention2/after/sum", 20), At("pre3/sum", 10), At("attention3/after/sum", 10), At("bn2/relu", 5)];
        Assert.Equal(["attention2/after/sum", "pre3/sum", "attention3/after/sum"], GraphLayers.Fused(residualAttention, 160, 160));
        Assert.Equal(["pre2/bn3/relu", "attention2/trunk1/bn2/relu"], GraphLayers.Fine(residualAttention));
        Assert.Empty(GraphLayers.Fine(stages));
        Assert.Empty(GraphLayers.Fine([.. residualAttention.SkipWhile(l => l.Name != "pre3/sum")]));
        Assert.Empty(GraphLayers.Fused([At("stem", 112)], 224, 224));
        using var named = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing, targetLayer: "relu1");
        Assert.Equal(["relu1"], named.DefaultFusedLayers);
    }

    [Fact]
    public void Classes_of_one_logit_have_their_own_maps()
    {
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Network(classes: 1, softmax: false), ExplainerModels.Preprocessing);
        var image = ExplainerModels.Slice(5);
        float[] Of(int c) => explainer.Explain(image, AttentionMethod.FusedGradCam, new ExplainOptions { FusedLayers = Two, TargetClass = c }).RawValues.ToArray();
        Assert.NotEqual(Of(0), Of(1));
    }
}
