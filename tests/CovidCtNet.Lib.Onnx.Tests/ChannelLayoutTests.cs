namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>Maps whose channels are the last axis are told from those whose channels are the second.</summary>
public sealed class ChannelLayoutTests
{
    [Fact]
    public void Feature_maps_are_those_with_channels_second()
    {
        // A block as in ConvNeXt (Liu et al., arXiv 2201.03545): the channels go last for a normalisation and a linear layer, and back.
        var b = new OnnxGraphBuilder();
        var x = b.Conv(b.Input("x", ["N", 1, 8, 6]), Weight(b, "w1", 4, 1, 3, 3), name: "conv");
        var last = b.Node("Transpose", [x], [OnnxAttribute.Of("perm", [0L, 2, 3, 1])], "last");
        last = b.Node("LayerNormalization", [last, Weight(b, "scale", 4)], name: "norm");
        last = b.Relu(b.Node("MatMul", [last, Weight(b, "w2", 4, 4)], name: "linear"), "relu");
        x = b.Add(x, b.Node("Transpose", [last], [OnnxAttribute.Of("perm", [0L, 3, 1, 2])], "first"), "sum");
        var pooled = b.Node("Transpose", [b.GlobalAveragePool(x)], [OnnxAttribute.Of("perm", [0L, 2, 3, 1])], "pooled");
        pooled = b.Node("LayerNormalization", [pooled, Weight(b, "scale2", 4)], name: "norm2");
        var graph = b.Build(b.Flatten(pooled, name: "scores"));

        Assert.Equal(["conv", "first", "sum"], GraphGradient.FindFeatureMaps(graph, "scores").Select(m => m.Name));
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(8, false)]
    public void An_input_with_channels_last_is_rewritten_where_it_is_only_transposed(int channels, bool rewritten)
    {
        var b = new OnnxGraphBuilder();
        var x = b.Node("Transpose", [b.Input("x", ["N", 6, 5, channels])], [OnnxAttribute.Of("perm", [0L, 3, 1, 2])]);
        var graph = b.Build(b.Conv(x, Weight(b, "w", 2, channels, 3, 3), name: "conv"));
        Assert.Equal(rewritten, ChannelsFirstInput.Apply(graph));
        Assert.Equal(rewritten ? [3, 6, 5] : [6, 5, 8], graph.Inputs[0].Shape!.Skip(1).Select(d => d.Value!.Value));
        Assert.Equal(rewritten ? 1 : 2, graph.Nodes.Count);
        Assert.Equal("[N, 2, 4, 3]", OnnxShapeInference.Infer(graph).Require("conv").ToString());
    }

    [Fact]
    public void An_input_that_something_else_reads_is_left_alone()
    {
        var b = new OnnxGraphBuilder();
        var x = b.Input("x", ["N", 6, 5, 3]);
        var first = b.Node("Transpose", [x], [OnnxAttribute.Of("perm", [0L, 3, 1, 2])]);
        var graph = b.Build(b.Add(b.Flatten(first), b.Flatten(x), "sum"));
        Assert.False(ChannelsFirstInput.Apply(graph));
        Assert.Equal(4, graph.Nodes.Count);
    }

    private static OnnxValue Weight(OnnxGraphBuilder b, string name, params long[] shape) =>
        b.Initializer<float>(name, [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (p, d) => p * d)).Select(i => 0.1f + (i % 7))], shape);
}
