using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>Poolings that leave out a window give the same values written rounding down, and gradients behind them do not depend on the batch.</summary>
public sealed class PoolRoundingRewritingTests
{
    // Means of up to 16 values around 1, along one axis after the other instead of at once.
    private const double Tolerance = 1e-6;

    [Theory]
    // A window is left out along both axes, as of MaxPool2d(2, 2, padding=1, ceil_mode=True) on odd sizes; then along one, while the other is even.
    [InlineData("MaxPool", 13, 0, 7, 9, 2, 2, 1, 1)]
    [InlineData("MaxPool", 18, 0, 7, 9, 2, 2, 1, 1)]
    [InlineData("MaxPool", 18, 0, 7, 8, 2, 2, 1, 0)]
    [InlineData("MaxPool", 18, 0, 6, 10, 3, 2, 2, 0)]
    [InlineData("AveragePool", 13, 0, 7, 9, 2, 2, 1, 1)]
    [InlineData("AveragePool", 18, 1, 7, 9, 2, 2, 1, 1)]
    [InlineData("AveragePool", 19, 1, 9, 7, 2, 2, 1, 1)]
    [InlineData("AveragePool", 18, 0, 6, 10, 3, 2, 2, 0)]
    [InlineData("AveragePool", 18, 1, 6, 10, 3, 2, 2, 0)]
    [InlineData("AveragePool", 19, 1, 6, 10, 3, 2, 2, 1)]
    public void Rewritten_equals_what_it_was(string opType, int opset, long includePads, int height, int width, long kernel, long stride, long padHeight, long padWidth)
    {
        var graph = Pool(opType, opset, includePads, height, width, kernel, stride, padHeight, padWidth);
        var rewritten = graph.Clone();
        Assert.Equal(1, PoolRoundingRewriting.Apply(rewritten));
        Assert.Equal(0, PoolRoundingRewriting.Apply(rewritten));

        int[] shape = [2, 3, height, width];
        var input = Samples.Normal(new Random(2), 2 * 3 * height * width);
        var expected = Runtime.Run(graph, ("x", input, shape))["y"];
        var actual = Runtime.Run(OnnxGraph.Load(new MemoryStream(rewritten.ToArray())), ("x", input, shape))["y"];
        Assert.True(expected.Values.Distinct().Count() > 20, "The values must tell an error apart.");
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.All(expected.Values.Zip(actual.Values), p => Assert.Equal(p.First, p.Second, Tolerance));
    }

    [Theory]
    [InlineData("MaxPool", 8, 8, 3, 2, 1)]
    [InlineData("AveragePool", 6, 7, 3, 2, 0)]
    public void Poolings_that_keep_every_window_are_left_alone(string opType, int height, int width, long kernel, long stride, long pad)
    {
        var graph = Pool(opType, 18, 0, height, width, kernel, stride, pad, pad);
        Assert.Equal(0, PoolRoundingRewriting.Apply(graph));
        Assert.Equal(1, graph.Nodes[0].GetInteger("ceil_mode", 0));
    }

    [Theory]
    [InlineData("MaxPool", 13, 1)]
    [InlineData("MaxPool", 18, 1)]
    [InlineData("AveragePool", 18, 1)]
    [InlineData("MaxPool", 13, 9)]
    [InlineData("MaxPool", 18, 9)]
    [InlineData("AveragePool", 18, 9)]
    public void Gradients_of_a_fixed_batch_are_those_of_single_rows(string opType, int opset, int batch)
    {
        // A fixed batch lets the runtime plan by its static shapes; an open one is what it computes without them. The curve makes gradients depend on values.
        const int Elements = 2 * 7 * 9;
        var single = Gradient(opType, opset, "N");
        var input = Samples.Normal(new Random(8), batch * Elements);
        var actual = Runtime.Run(Gradient(opType, opset, batch), ("x", input, [batch, 2, 7, 9]))[GraphGradient.OutputName("x")].Values;
        Assert.True(actual.Distinct().Count() > 10, "The values must tell an error apart.");
        for (var row = 0; row < batch; row++)
        {
            var one = Runtime.Run(single, ("x", input[(row * Elements)..((row + 1) * Elements)], [1, 2, 7, 9]))[GraphGradient.OutputName("x")].Values;
            Assert.All(one.Zip(actual.Skip(row * Elements)), p => Assert.Equal(p.First, p.Second, Tolerance));
        }
    }

    private static OnnxGraph Gradient(string opType, int opset, OnnxDimension batch)
    {
        var builder = new OnnxGraphBuilder(opset: opset);
        var x = builder.Input("x", [batch, 2, 7, 9]);
        var pooled = builder.Node(opType, [builder.Node("Tanh", [x])], Attributes(2, 2, 1, 1));
        var y = builder.Flatten(builder.GlobalAveragePool(builder.Node("Tanh", [builder.Relu(pooled)])), name: "y");
        return GraphGradient.Append(builder.Build(y), GradientSeed.Element("y", 1), ["x"]);
    }

    private static OnnxGraph Pool(string opType, int opset, long includePads, int height, int width, long kernel, long stride, long padHeight, long padWidth)
    {
        var builder = new OnnxGraphBuilder(opset: opset);
        OnnxAttribute[] include = opType == "AveragePool" ? [OnnxAttribute.Of("count_include_pad", includePads)] : [];
        return builder.Build(builder.Node(
            opType, [builder.Input("x", ["N", 3, height, width])], [.. Attributes(kernel, stride, padHeight, padWidth), .. include], "y"));
    }

    private static OnnxAttribute[] Attributes(long kernel, long stride, long padHeight, long padWidth) =>
    [
        OnnxAttribute.Of("kernel_shape", [kernel, kernel]), OnnxAttribute.Of("strides", [stride, stride]),
        OnnxAttribute.Of("pads", [padHeight, padWidth, padHeight, padWidth]), OnnxAttribute.Of("ceil_mode", 1),
    ];
}
