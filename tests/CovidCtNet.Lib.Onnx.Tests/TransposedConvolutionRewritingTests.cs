using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>A transposed convolution and the plain one that takes its place give the same numbers; what has no such counterpart is left alone.</summary>
public sealed class TransposedConvolutionRewritingTests
{
    // Sums of up to 3 * 9 products of values around 1, in another order.
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(1, 1, 0, 0, 0, 0)]
    [InlineData(3, 3, 1, 1, 1, 1)]
    [InlineData(3, 3, 0, 0, 0, 0)]
    [InlineData(3, 2, 0, 1, 2, 0)]
    [InlineData(5, 3, 2, 0, 1, 2)]
    public void Rewritten_equals_what_it_was(int height, int width, int top, int left, int bottom, int right)
    {
        var graph = Graph(height, width, OnnxAttribute.Of("pads", [(long)top, left, bottom, right]));
        var rewritten = graph.Clone();

        // Two nodes share one weight: it is turned once, and the old one goes.
        Assert.Equal(2, TransposedConvolutionRewriting.Apply(rewritten));
        Assert.DoesNotContain(rewritten.Nodes, n => n.OpType == "ConvTranspose");
        Assert.Equal(graph.Initializers.Count, rewritten.Initializers.Count);

        var input = Samples.Normal(new Random(2), 2 * 3 * 7 * 6);
        var expected = Runtime.Run(graph, ("x", input, [2, 3, 7, 6]))["y"].Values;
        var actual = Runtime.Run(OnnxGraph.Load(new MemoryStream(rewritten.ToArray())), ("x", input, [2, 3, 7, 6]))["y"].Values;
        Assert.True(expected.Distinct().Count() > 50, "The values must tell an error apart.");
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Tolerance);
        }
    }

    [Fact]
    public void Strides_dilations_and_groups_are_left_alone()
    {
        OnnxAttribute[] others = [OnnxAttribute.Of("strides", [2L, 2L]), OnnxAttribute.Of("dilations", [2L, 1L]), OnnxAttribute.Of("group", 3L), OnnxAttribute.Of("auto_pad", "SAME_UPPER"), OnnxAttribute.Of("pads", [3L, 0, 0, 0])];
        foreach (var other in others)
        {
            var graph = Graph(3, 3, other);
            var before = graph.ToArray();
            Assert.Equal(0, TransposedConvolutionRewriting.Apply(graph));
            Assert.Equal(before, graph.ToArray());
        }
    }

    private static OnnxGraph Graph(int height, int width, OnnxAttribute attribute)
    {
        var random = new Random(1);
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 3, 7, 6]);
        var weight = builder.Weight(random, "w", 0.5, 3, 3, height, width);
        var bias = builder.Initializer("b", (ReadOnlySpan<float>)[0.5f, -1, 2], 3);
        var first = builder.Node("ConvTranspose", attribute.Name == "group" ? [x, weight] : [x, weight, bias], [attribute], "first");
        var second = builder.Node("ConvTranspose", [builder.Relu(x), weight], [attribute], "second");
        return builder.Build(builder.Add(first, second, "y"));
    }
}
