using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>Worked-out shapes are the shapes ONNX Runtime really gives, for every tensor of generated graphs.</summary>
public sealed class ShapeInferenceTests
{
    [Theory]
    [InlineData("Conv")]
    [InlineData("MaxPool")]
    [InlineData("AveragePool")]
    public void Windows_AtOddSizes(string opType)
    {
        int[] dilations = opType == "AveragePool" ? [1] : [1, 2];
        long[][] allPads = [[0, 0, 0, 0], [0, 0, 1, 0], [1, 0, 0, 1]];
        var cases = from size in new[] { 5, 7, 8, 11 }
                    from kernel in new[] { 1, 2, 3 }
                    from stride in new[] { 1, 2, 3 }
                    from dilation in dilations
                    from pads in allPads
                    select (size, kernel, stride, dilation, pads);
        foreach (var (size, kernel, stride, dilation, pads) in cases)
        {
            // The runtime refuses pads that are not smaller than the window; such a file cannot exist in use.
            if (pads.Max() < kernel)
            {
                Check(opType, size, kernel, [OnnxAttribute.Of("strides", [stride, 1L]), OnnxAttribute.Of("dilations", [(long)dilation, 1]), OnnxAttribute.Of("pads", pads)]);
            }
        }
    }

    [Theory]
    [InlineData("MaxPool")]
    [InlineData("AveragePool")]
    public void Pools_RoundingUp(string opType)
    {
        var cases = from size in new[] { 4, 5, 6, 7, 9, 10 }
                    from kernel in new[] { 1, 2, 3 }
                    from stride in new[] { 1, 2, 3, 4 }
                    from pad in new long[] { 0, 1 }
                    select (size, kernel, stride, pad);
        foreach (var (size, kernel, stride, pad) in cases)
        {
            if (pad < kernel)
            {
                Check(opType, size, kernel, [OnnxAttribute.Of("strides", [(long)stride, 2]), OnnxAttribute.Of("pads", [pad, 0, pad, 0]), OnnxAttribute.Of("ceil_mode", 1)]);
            }
        }
    }

    [Theory]
    [InlineData("Conv", "SAME_UPPER")]
    [InlineData("Conv", "SAME_LOWER")]
    [InlineData("Conv", "VALID")]
    [InlineData("MaxPool", "SAME_UPPER")]
    [InlineData("MaxPool", "SAME_LOWER")]
    [InlineData("MaxPool", "VALID")]
    [InlineData("AveragePool", "SAME_UPPER")]
    [InlineData("AveragePool", "SAME_LOWER")]
    public void AutomaticPadding(string opType, string autoPad)
    {
        var cases = from size in new[] { 5, 6, 9 }
                    from kernel in new[] { 1, 2, 3, 4 }
                    from stride in new[] { 1, 2, 3 }
                    // The runtime refuses to pool where the window is smaller than its stride.
                    where opType == "Conv" || stride <= kernel
                    select (size, kernel, stride);
        foreach (var (size, kernel, stride) in cases)
        {
            Check(opType, size, kernel, [OnnxAttribute.Of("strides", [(long)stride, 1]), OnnxAttribute.Of("auto_pad", autoPad)]);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(18)]
    [InlineData(21)]
    public void EveryOtherOperator(int opset)
    {
        var builder = new OnnxGraphBuilder(opset: opset);
        var random = new Random(3);
        var x = builder.Input("x", ["N", 4, 6, 5]);
        OnnxValue Ints(string name, params long[] values) => builder.Initializer<long>(name, values, values.Length);
        OnnxAttribute Attr(string name, params long[] values) => OnnxAttribute.Of(name, values);

        string[] unary = ["Relu", "LeakyRelu", "Sigmoid", "HardSigmoid", "Tanh", "Erf", "Softmax", "Abs", "Neg", "Exp", "Sqrt", "Floor", "Identity", "GlobalAveragePool", "GlobalMaxPool", "Dropout"];
        foreach (var op in unary)
        {
            builder.Node(op, [x], name: op);
        }

        foreach (var op in new[] { "Add", "Sub", "Mul", "Div", "Max", "Min" })
        {
            builder.Node(op, [x, builder.Weight(random, op + ".w", 1, 4, 1, 5)], name: op);
            builder.Node(op, [builder.Weight(random, op + ".v", 1, 2, 1, 1, 6, 1), x], name: op + ".wide");
        }

        builder.Node("Pow", [x, builder.Initializer<float>("two", [2f])]);
        builder.Node("Greater", [x, builder.Initializer<float>("half", [0.5f], 1)]);
        builder.Node("Cast", [x], [OnnxAttribute.Of("to", 7)]);
        builder.Node("Clip", [x, builder.Initializer<float>("low", [0f])]);
        builder.RandomBatchNormalization(random, x, "bn");
        builder.Node("ConvTranspose", [x, builder.Weight(random, "ct", 1, 4, 3, 3, 2)], [Attr("strides", 2, 3), Attr("pads", 1, 0, 0, 1), Attr("output_padding", 1, 2)]);
        builder.Node("ConvTranspose", [x, builder.Weight(random, "ctg", 1, 4, 3, 3, 2)], [OnnxAttribute.Of("group", 2), Attr("dilations", 2, 1)]);

        builder.Node("Reshape", [x, Ints("r1", 0, -1, 5)]);
        builder.Node("Reshape", [x, Ints("r2", -1, 120)]);
        builder.Node("Transpose", [x], [Attr("perm", 0, 2, 3, 1)]);
        builder.Node("Transpose", [x]);
        builder.Node("Concat", [x, x, builder.Relu(x)], [OnnxAttribute.Of("axis", -3)]);
        builder.Node("Slice", [x, Ints("s1", 1, -1), Ints("e1", int.MaxValue, -100), Ints("a1", 1, 3), Ints("t1", 2, -2)]);
        builder.Node("Slice", [x, Ints("s2", 0), Ints("e2", long.MaxValue), Ints("a2", 0)]);
        builder.Node("Slice", [x, Ints("s3", -3), Ints("e3", -1), Ints("a3", -1)]);
        builder.Node("Pad", [x, Ints("p1", 0, 0, 1, 2, 0, 1, 0, -1)]);
        builder.Node("Gather", [x, Ints("g1", 0, 2, 1)], [OnnxAttribute.Of("axis", 1)]);
        builder.Node("Gather", [x, builder.Initializer<long>("g2", [1])], [OnnxAttribute.Of("axis", 2)]);
        builder.Node("Expand", [x, Ints("ex", 2, 1, 4, 1, 1)]);
        builder.Node("Tile", [x, Ints("tile", 1, 2, 1, 3)]);
        builder.Node("DepthToSpace", [x], [OnnxAttribute.Of("blocksize", 2)]);
        builder.Node("ArgMax", [x], [OnnxAttribute.Of("axis", 1), OnnxAttribute.Of("keepdims", 0)]);
        builder.Flatten(x, 2);
        builder.Flatten(x, 4, "flat4");
        builder.ReduceMean(x, [-1, 2], keepDimensions: false);
        builder.ReduceSum(x, [1]);
        builder.Node("ReduceMax", [x]);
        builder.Resize(x, 9, 4, ResizeCoordinates.HalfPixel);
        builder.Node("Resize", [x, builder.Initializer<float>("roi", [], 0), builder.Initializer<float>("none", [], 0), Ints("sizes", 3, 4, 13, 7)], [OnnxAttribute.Of("mode", "nearest")]);
        builder.Node("MatMul", [x, builder.Weight(random, "mm", 1, 5, 7)]);
        builder.Node("MatMul", [builder.Weight(random, "mv", 1, 6), x]);
        AddVersioned(builder, x, opset);

        CheckAll(builder, 3, 4, 6, 5);
    }

    [Fact]
    public void ExportedFlattenChain_KeepsTheSymbolicBatch()
    {
        // x.view(x.size(0), -1) as PyTorch's exporter writes it.
        var builder = new OnnxGraphBuilder(opset: 13);
        var x = builder.Input("x", ["N", 4, 6, 5]);
        var axes = builder.Initializer<long>("axes", [0], 1);
        var size = builder.Node("Gather", [builder.Node("Shape", [x]), builder.Initializer<long>("zero", [0])]);
        var rest = builder.Initializer<long>("rest", [-1], 1);
        var target = builder.Node("Concat", [builder.Node("Unsqueeze", [size, axes]), rest], [OnnxAttribute.Of("axis", 0)]);
        var flat = builder.Node("Reshape", [x, target], name: "flat");
        Assert.Equal(["N", 120], flat.Shape);
        CheckAll(builder, 2, 4, 6, 5);
    }

    [Fact]
    public void SymbolicBatch_GoesThroughTheOperators()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2, 3, 3]);
        OnnxValue Ints(string name, params long[] values) => builder.Initializer<long>(name, values, values.Length);
        var open = builder.Node("Reshape", [x, Ints("r", -1, 18)]);
        Assert.Equal(["N", 18], open.Shape);
        Assert.Equal(["N", 2, 9], builder.Node("Reshape", [open, Ints("r2", 0, 2, 9)]).Shape);
        Assert.Equal([OnnxDimension.Unknown, 9], builder.Node("Reshape", [x, Ints("r3", -1, 9)]).Shape);
        Assert.Equal(["N", 2, 3, 3], builder.Add(x, builder.Initializer<float>("one", [1f], 1)).Shape);
    }

    [Fact]
    public void GivenInputShapes_CloseOpenSizes()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1, "H", "W"]);
        var w = builder.Initializer<float>("w", new float[9], 1, 1, 3, 3);
        var graph = builder.Build(builder.Conv(x, w, strides: [2, 2], name: "y"));
        Assert.Equal(["N", 1, OnnxDimension.Unknown, OnnxDimension.Unknown], OnnxShapeInference.Infer(graph).Require("y"));
        var given = new Dictionary<string, OnnxShape> { ["x"] = [4, 1, 11, 8] };
        Assert.Equal([4, 1, 5, 3], OnnxShapeInference.Infer(graph, given).Require("y"));
        Assert.Throws<OnnxException>(() => OnnxShapeInference.Infer(graph, new Dictionary<string, OnnxShape> { ["x"] = [4, 2, 11, 8] }));
    }

    [Fact]
    public void OperatorWithoutRule_IsNamedWhereAShapeIsRequired()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1, 8, 8]);
        var odd = builder.Node("NonMaxSuppression", [x, x], name: "nms");
        var graph = builder.Build(builder.Relu(odd, "y"));
        var error = Assert.Throws<OnnxException>(() => OnnxShapeInference.Infer(graph).Require("y"));
        Assert.Contains("'nms' has operator NonMaxSuppression", error.Message, StringComparison.Ordinal);
        Assert.False(odd.HasShape);
        Assert.Throws<OnnxException>(() => odd.Shape);
    }

    public static TheoryData<string, long[][], string> Misfits => new()
    {
        { "Reshape", [[7, -1]], "cannot lay shape" },
        { "Reshape", [[-1, -1]], "more than one axis" },
        { "Expand", [[2, 3]], "do not broadcast" },
        { "Tile", [[1, 2]], "2 repeats" },
        { "Pad", [[1, 1]], "2 pads for 4 axes" },
        { "Pad", [[0, 0, -5, 0, 0, 0, -5, 0]], "cuts more" },
        { "Slice", [[0], [1], [4]], "does not fit" },
        { "Slice", [[0, 0], [1]], "differ in number" },
        { "Squeeze", [[1]], "cannot drop axis 1" },
        { "Unsqueeze", [[0, 0]], "axis twice" },
        { "Split", [[1, 1]], "do not cut" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Misfit_NamesNodeAndOperator(string opType, long[][] inputs, string reason)
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", [2, 4, 6, 5]);
        OnnxValue?[] all = [x, .. inputs.Select((v, i) => builder.Initializer<long>($"i{i}", v, v.Length))];
        var error = Assert.Throws<OnnxShapeException>(() => builder.Nodes(opType, all, opType == "Split" ? 2 : 1, [OnnxAttribute.Of("axis", 1)], name: "bad"));
        Assert.Equal(("bad", opType), (error.Node, error.OpType));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static void AddVersioned(OnnxGraphBuilder builder, OnnxValue x, int opset)
    {
        OnnxValue Ints(string name, params long[] values) => builder.Initializer<long>(name, values, values.Length);
        var single = builder.GlobalAveragePool(x);
        if (opset < 13)
        {
            builder.Node("Unsqueeze", [x], [OnnxAttribute.Of("axes", [0L, -1])]);
            builder.Node("Squeeze", [single], [OnnxAttribute.Of("axes", [2L, 3])]);
            builder.Nodes("Split", [x], 2, [OnnxAttribute.Of("axis", 1), OnnxAttribute.Of("split", [1L, 3])]);
        }
        else
        {
            builder.Node("Unsqueeze", [x, Ints("u", 0, -1)]);
            builder.Node("Squeeze", [single, Ints("q", -1)]);
            builder.Nodes("Split", [x, Ints("split", 1, 3)], 2, [OnnxAttribute.Of("axis", 1)]);
        }

        if (opset >= 14)
        {
            builder.Node("HardSwish", [x]);
        }

        if (opset >= 18)
        {
            builder.Nodes("Split", [x], 3, [OnnxAttribute.Of("axis", -1), OnnxAttribute.Of("num_outputs", 3)]);
            builder.Node("Pad", [x, Ints("p18", 1, 2), null, Ints("p18a", -1)]);
        }

        if (opset >= 20)
        {
            builder.Node("Gelu", [x]);
        }
    }

    private static void Check(string opType, int size, int kernel, OnnxAttribute[] attributes)
    {
        var builder = new OnnxGraphBuilder(opset: 19);
        var x = builder.Input("x", ["N", 2, size, 6]);
        if (opType == "Conv")
        {
            builder.Node(opType, [x, builder.Initializer<float>("w", new float[3 * 2 * kernel * 2], 3, 2, kernel, 2)], attributes, "y");
        }
        else
        {
            builder.Node(opType, [x], [OnnxAttribute.Of("kernel_shape", [kernel, 2L]), .. attributes], "y");
        }

        CheckAll(builder, 2, 2, size, 6);
    }

    private static void CheckAll(OnnxGraphBuilder builder, params int[] inputShape)
    {
        var made = builder.Graph.Node.SelectMany(n => n.Output).Select(builder.Value).ToArray();
        Assert.All(made, v => Assert.True(v.HasShape, v.ToString()));
        var graph = builder.Build(made);
        // Declared outputs are cleared, so that the runtime does not compare but tells.
        var bare = graph.Clone();
        foreach (var output in bare.Model.Graph.Output)
        {
            output.Type = null;
        }

        var results = Runtime.Run(bare, ("x", Samples.Uniform(new Random(1), inputShape.Aggregate((a, b) => a * b), 0.1, 1), inputShape));
        var given = OnnxShapeInference.Infer(bare, new Dictionary<string, OnnxShape> { ["x"] = OnnxShape.OfSizes([.. inputShape.Select(s => (long)s)]) });
        foreach (var value in made)
        {
            var actual = OnnxShape.OfSizes([.. results[value.Name].Shape.Select(s => (long)s)]);
            var label = $"{value} is really {actual}: {graph.Nodes.First(n => n.Outputs.Contains(value.Name)).Proto}";
            Assert.True(value.Shape.MayEqual(actual), label);
            Assert.True(actual.Equals(given.Require(value.Name)), label);
        }
    }
}
