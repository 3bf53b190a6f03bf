using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>Built graphs mean what the calls say: values worked out by hand, run in ONNX Runtime.</summary>
public sealed class GraphBuilderTests
{
    [Fact]
    public void ConvWithPadsAndStride_GivesHandWorkedValues()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1, 3, 3]);
        var w = builder.Initializer<float>("w", [1, 0, 0, 1], 1, 1, 2, 2);
        var b = builder.Initializer<float>("b", [10], 1);
        var y = builder.Conv(x, w, b, strides: [2, 2], pads: [1, 1, 0, 0], name: "y");
        Assert.Equal(["N", 1, 2, 2], y.Shape);

        // Padded at top and left, the windows' diagonals are: (0,0)+x00, (0,0)+x02, 0+x20, x11+x22.
        Assert.Equal([11, 13, 17, 24], Run(builder.Build(y), "x", [1, 2, 3, 4, 5, 6, 7, 8, 9], 1, 1, 3, 3));
    }

    [Fact]
    public void GroupsAndDilations_GiveHandWorkedValues()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2, 1, 3]);
        var w = builder.Initializer<float>("w", [1, 10, 2, 20], 2, 1, 1, 2);
        var y = builder.Conv(x, w, group: 2, dilations: [1, 2], name: "y");
        Assert.Equal([1 + 30, (2 * 4) + (20 * 6)], Run(builder.Build(y), "x", [1, 2, 3, 4, 5, 6], 1, 2, 1, 3));
    }

    [Fact]
    public void BatchNormalizationReluSigmoid_GiveHandWorkedValues()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1, 1, 2]);
        OnnxValue One(string name, float value) => builder.Initializer(name, [value], 1);
        var bn = builder.BatchNormalization(x, One("s", 2), One("b", 1), One("m", 3), One("v", 4), epsilon: 0, name: "bn");
        var y = builder.Sigmoid(builder.Relu(bn), "y");
        // (7-3)/2*2+1 = 5; (0-3)/2*2+1 = -2, cut to 0.
        var expected = new[] { 1 / (1 + Math.Exp(-5)), 0.5 };
        AssertClose(expected, Run(builder.Build(y), "x", [7, 0], 1, 1, 1, 2), 1e-6);
    }

    [Fact]
    public void CeilModePool_ReachesOverTheEdge()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1, 4, 4]);
        var y = builder.MaxPool(x, [3, 3], strides: [2, 2], ceilMode: true, name: "y");
        Assert.Equal(["N", 1, 2, 2], y.Shape);
        float[] values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        Assert.Equal([11, 12, 15, 16], Run(builder.Build(y), "x", values, 1, 1, 4, 4));
    }

    [Fact]
    public void PoolFlattenGemm_GiveHandWorkedValues()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2, 1, 2]);
        var pooled = builder.Flatten(builder.GlobalAveragePool(x));
        var w = builder.Initializer<float>("w", [1, 2, 3, 4], 2, 2);
        var b = builder.Initializer<float>("b", [100, 200], 2);
        var y = builder.Gemm(pooled, w, b, transposeB: true, name: "y");
        Assert.Equal(["N", 2], y.Shape);
        // Means 2 and 5; rows of the weight are the classes.
        Assert.Equal([112, 226], Run(builder.Build(y), "x", [1, 3, 4, 6], 1, 2, 1, 2));
    }

    [Theory]
    [InlineData(ResizeCoordinates.AlignCorners, new[] { 0.0, 1, 2, 3, 4 })]
    [InlineData(ResizeCoordinates.HalfPixel, new[] { 0, 0.8, 2, 3.2, 4 })]
    public void Resize_FollowsItsCoordinates(ResizeCoordinates coordinates, double[] expected)
    {
        // 0, 2, 4 at 5 points. Half pixel: positions (i + 0.5) * 3/5 - 0.5 = -0.2, 0.4, 1, 1.6, 2.2, clamped to 0 and 2.
        var builder = new OnnxGraphBuilder();
        var y = builder.Resize(builder.Input("x", ["N", 1, 1, 3]), 1, 5, coordinates, "y");
        AssertClose(expected, Run(builder.Build(y), "x", [0, 2, 4], 1, 1, 1, 3), 1e-6);
    }

    [Fact]
    public void ResizeScales_ReachEverySize()
    {
        // Runtimes floor in * scale, in 32 or 64 bits; the rounded quotient misses some of these sizes.
        var missedByQuotient = 0;
        for (var from = 1; from <= 64; from++)
        {
            for (var to = 1; to <= 256; to++)
            {
                var scale = OnnxGraphBuilder.ScaleReaching(from, to);
                missedByQuotient += Math.Floor((double)from * (float)((double)to / from)) == to ? 0 : 1;
                Assert.Equal(to, (long)MathF.Floor(from * scale));
                Assert.Equal(to, (long)Math.Floor((double)from * scale));
            }
        }

        Assert.True(missedByQuotient > 0);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    public void ReduceMean_TakesAxesAsTheOperatorSetHasThem(int opset)
    {
        var builder = new OnnxGraphBuilder(opset: opset);
        var y = builder.ReduceMean(builder.Input("x", ["N", 2, 1, 2]), [1], name: "y");
        Assert.Equal(["N", 1, 1, 2], y.Shape);
        Assert.Equal([2, 3], Run(builder.Build(y), "x", [1, 2, 3, 4], 1, 2, 1, 2));
    }

    [Fact]
    public void Scopes_NameLayersAndWeights()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1, 2, 2]);
        OnnxValue mask;
        using (builder.Scope("stage1"))
        using (builder.Scope("attention"))
        {
            var w = builder.Initializer<float>("weight", [1], 1, 1, 1, 1);
            Assert.Equal("stage1/attention/weight", w.Name);
            mask = builder.Sigmoid(builder.Conv(builder.Conv(x, w), w), "mask");
        }

        var graph = builder.Build(builder.Identity(mask, "y"));
        Assert.Equal(["stage1/attention/Conv", "stage1/attention/Conv_1", "stage1/attention/mask", "y"], graph.Nodes.Select(n => n.Name));
    }

    [Fact]
    public void SameCalls_GiveTheSameBytes()
    {
        Assert.Equal(Make(), Make());

        static byte[] Make()
        {
            var builder = new OnnxGraphBuilder();
            var random = new Random(5);
            var x = builder.Input("x", ["N", 3, 9, 9]);
            var y = builder.RandomBatchNormalization(random, builder.Conv(x, builder.Weight(random, "w", 1, 4, 3, 3, 3)), "bn");
            return builder.Build(builder.Resize(y, 11, 13, ResizeCoordinates.AlignCorners)).ToArray();
        }
    }

    [Fact]
    public void Misfit_NamesTheLayer()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 3, 8, 8]);
        using var scope = builder.Scope("stage2");
        var w = builder.Initializer<float>("w", new float[4 * 2 * 9], 4, 2, 3, 3);
        var error = Assert.Throws<OnnxShapeException>(() => builder.Conv(x, w, name: "conv1"));
        Assert.Equal(("stage2/conv1", "Conv"), (error.Node, error.OpType));
        Assert.Contains("needs 2 channels", error.Message, StringComparison.Ordinal);
        Assert.Throws<OnnxShapeException>(() => builder.MaxPool(x, [9, 9], name: "pool"));
        Assert.Throws<OnnxShapeException>(() => builder.Add(x, w, "sum"));
    }

    [Fact]
    public void Names_AreUsedOnce_AndBuildersDoNotMix()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1]);
        Assert.Throws<OnnxException>(() => builder.Input("x", ["N", 1]));
        builder.Relu(x, "y");
        Assert.Throws<OnnxException>(() => builder.Relu(x, "y"));
        Assert.Throws<OnnxException>(() => new OnnxGraphBuilder().Relu(x));
        builder.Build(builder.Value("y"));
        Assert.Throws<OnnxException>(() => builder.Relu(x));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(21)]
    public void ChannelMeanOutput_IsTheMeanOfTheChannels(int opset)
    {
        var builder = new OnnxGraphBuilder(opset: opset);
        var mask = builder.Relu(builder.Input("x", ["N", 2, 1, 2]), "mask");
        var graph = builder.Build(builder.Identity(mask, "y"));
        graph.AddOutput("mask");
        graph.AddChannelMeanOutput("mask", "mean");

        Assert.Equal(["y", "mask", "mean"], graph.Outputs.Select(o => o.Name));
        Assert.Equal(["N", 1, 1, 2], graph.Outputs[2].Shape);
        var result = Runtime.Run(OnnxGraph.Load(new MemoryStream(graph.ToArray())), ("x", [1, -2, 3, 4, 5, 6, 7, -8], [2, 2, 1, 2]));
        Assert.Equal([2, 2, 6, 3], result["mean"].Values);
        Assert.Equal([2, 1, 1, 2], result["mean"].Shape);
    }

    [Fact]
    public void FailedAppend_LeavesTheGraphAsItWas()
    {
        var graph = Samples.Tiny();
        var before = graph.ToArray();
        Assert.Throws<OnnxException>(() => graph.AddChannelMeanOutput("nowhere", "mean"));
        Assert.Throws<OnnxException>(() => graph.AddChannelMeanOutput("product", "y"));
        Assert.Throws<OnnxException>(() => graph.AddOutput("nowhere"));
        var vector = new OnnxGraphBuilder();
        var flat = vector.Build(vector.Relu(vector.Input("x", [3]), "y"));
        var flatBefore = flat.ToArray();
        Assert.Throws<OnnxShapeException>(() => flat.AddChannelMeanOutput("y", "mean"));
        Assert.Equal(before, graph.ToArray());
        Assert.Equal(flatBefore, flat.ToArray());
    }

    [Fact]
    public void Extend_LeavesTheOriginalAlone()
    {
        var graph = Samples.Tiny();
        var before = graph.ToArray();
        var builder = OnnxGraphBuilder.Extend(graph);
        var twice = builder.Build(builder.Add(builder.Value("y"), builder.Value("y"), "twice"));
        Assert.Equal(before, graph.ToArray());
        Assert.Equal(["y", "twice"], twice.Outputs.Select(o => o.Name));
        Assert.Equal([4, 0], Runtime.Run(twice, ("x", [1, 1], [1, 2]))["twice"].Values);
    }

    private static double[] Run(OnnxGraph graph, string input, float[] values, params int[] shape) =>
        Runtime.Run(graph, (input, values, shape)).Values.Single().Values;

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }
}
