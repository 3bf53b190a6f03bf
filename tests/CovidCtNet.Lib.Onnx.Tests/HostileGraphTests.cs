using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>Small files whose sizes would take any amount of time or memory are refused by name, before anything of that size is made.</summary>
public sealed class HostileGraphTests
{
    // Far below what each of these files took before it was refused (gigabytes), far above what refusing takes.
    private const long Megabytes64 = 64L << 20;

    public static TheoryData<string, string> Gradients => new()
    {
        { "overlapping window", "overlapping windows of 40000 elements" },
        { "overflowing window", "overlapping windows of" },
        { "average window", "constant of 400000000 elements" },
        { "overflowing average window", "constant of" },
        { "long padding", "constant of" },
        { "mean of a long map", "constant of" },
    };

    [Theory]
    [MemberData(nameof(Gradients))]
    public void Gradient_IsRefused_WithoutTheMemory(string name, string reason)
    {
        var builder = new OnnxGraphBuilder(opset: 13);
        var x = builder.Input("x", ["N", 1, 16, 16]);
        var graph = builder.Build(builder.Flatten(builder.Node("ReduceMax", [Layer(builder, x, name)], [OnnxAttribute.Of("axes", [2L, 3])]), name: "y"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<OnnxUnsupportedOperatorException>(() => GraphGradient.Append(graph, GradientSeed.Element("y", 0), ["x"]));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < Megabytes64);
        Assert.Equal("bad", error.Node);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LargeWindowsWithoutACommonElement_AreScattered()
    {
        // As adaptive pooling to one place is exported: the window is the map. Spread over places it would take 112^4 numbers, 600 MB.
        var builder = new OnnxGraphBuilder(opset: 13);
        var x = builder.Input("x", ["N", 2, 112, 112]);
        var y = builder.Node("MaxPool", [x], [OnnxAttribute.Of("kernel_shape", [112L, 112]), OnnxAttribute.Of("strides", [112L, 112])]);
        var gradient = GraphGradient.Append(builder.Build(builder.Flatten(y, name: "y")), GradientSeed.Element("y", 1), ["x"]);
        Assert.InRange(gradient.ToArray().Length, 1, 10_000);

        var values = Samples.Normal(new Random(3), 2 * 112 * 112);
        var largest = Array.IndexOf(values, values[(112 * 112)..].Max());
        var actual = Runtime.Run(gradient, ("x", values, [1, 2, 112, 112]))[GraphGradient.OutputName("x")].Values;
        Assert.Equal([largest], Enumerable.Range(0, actual.Length).Where(i => actual[i] != 0));
        Assert.Equal(1, actual[largest]);
    }

    [Theory]
    [InlineData("DepthToSpace", 0)]
    [InlineData("SpaceToDepth", 0)]
    [InlineData("SpaceToDepth", -2)]
    public void BlocksBelowOne_AreRefused(string opType, long size)
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 4, 16, 16]);
        var error = Assert.Throws<OnnxShapeException>(() => builder.Node(opType, [x], [OnnxAttribute.Of("blocksize", size)], "bad"));
        Assert.Equal("bad", error.Node);
        Assert.Contains($"blocks of {size}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IntegersThatOverflow_AreUnknown()
    {
        var builder = new OnnxGraphBuilder();
        var product = builder.Mul(builder.Initializer<long>("a", [1L << 62, 3], 2), builder.Initializer<long>("b", [4, 5], 2));
        var shape = builder.Node("Expand", [builder.Input("x", ["N", 1]), product]).Shape;
        Assert.Equal([OnnxDimension.Unknown, 15], shape);
    }

    [Fact]
    public void SizesWhoseProductOverflows_NameTheNode()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", [1L << 40, 1L << 40]);
        Assert.Equal("bad", Assert.Throws<OnnxShapeException>(() => builder.Flatten(x, axis: 0, name: "bad")).Node);
    }

    private static OnnxValue Layer(OnnxGraphBuilder b, OnnxValue x, string name)
    {
        OnnxValue Pool(string opType, long kernel, long pad) => b.Node(
            opType, [x], [OnnxAttribute.Of("kernel_shape", [kernel, kernel]), OnnxAttribute.Of("pads", [pad, pad, pad, pad])], "bad");
        OnnxValue Padded(string mode, string node) => b.Node(
            "Pad", [x, b.Initializer<long>("pads", [0, 0, 0, 0, 0, 0, 1L << 24, 0], 8)], [OnnxAttribute.Of("mode", mode)], node);
        return name switch
        {
            "overlapping window" => Pool("MaxPool", 200, 199),
            "overflowing window" => Pool("MaxPool", 1L << 40, 1L << 39),
            "average window" => Pool("AveragePool", 20_000, 10_000),
            "overflowing average window" => Pool("AveragePool", 1L << 40, 1L << 39),
            "long padding" => Padded("edge", "bad"),
            "mean of a long map" => b.Node("GlobalAveragePool", [Padded("constant", "long")], default, "bad"),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
    }
}
