using CovidCtNet.Lib.Onnx.Protos;
using CovidCtNet.Lib.Onnx.Tests.Support;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>What a caller relies on: the choice of the scalar, rows of their own, and errors that name the cause.</summary>
public sealed class GraphGradientTests
{
    [Fact]
    public void HandWorkedGradient_WithATensorUsedTwice()
    {
        // y = x * x + 3 x, so dy/dx = 2 x + 3; and by the product p = x * x it is 1.
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2]);
        var three = builder.Initializer<float>("three", [3f], 1);
        var graph = builder.Build(builder.Add(builder.Mul(x, x, "p"), builder.Mul(x, three), "y"));
        graph.Metadata["threshold"] = "0.5";
        var before = graph.ToArray();

        var gradient = GraphGradient.Append(graph, GradientSeed.Element("y", 1), ["x", "p", "x"]);

        Assert.Equal(before, graph.ToArray());
        Assert.Equal(["y", "x", "gradient/x", "p", "gradient/p"], gradient.Outputs.Select(o => o.Name));
        Assert.Equal("0.5", gradient.Metadata["threshold"]);
        var results = Runtime.Run(gradient, ("x", [1, 2, -5, 7], [2, 2]));
        Assert.Equal([0, 7, 0, 17], results["gradient/x"].Values);
        Assert.Equal([0, 1, 0, 1], results["gradient/p"].Values);
    }

    [Fact]
    public void TargetThatIsTheScalar_HasTheSeedAsGradient()
    {
        var gradient = GraphGradient.Append(Samples.Tiny(), GradientSeed.Element("y", 0), ["y"]);
        Assert.Equal([1, 0], Runtime.Run(gradient, ("x", [1, 2], [1, 2]))["gradient/y"].Values);
    }

    [Fact]
    public void ScalarByLargest_IsThatOfEachRow()
    {
        var model = new ReferenceModel("resnet");
        var target = model.Targets[^1];
        var byLargest = Run(model, GraphGradient.Append(model.Graph, GradientSeed.Largest("logits"), [target]), null);
        var logits = byLargest["logits"];
        var chosen = Enumerable.Range(0, 2).Select(row => (long)logits.Values[(row * 5)..((row + 1) * 5)].Index().MaxBy(v => v.Item).Index).ToArray();
        var byInput = Run(model, GraphGradient.Append(model.Graph, GradientSeed.FromInput("logits", "class"), [target]), chosen);
        Assert.Equal(byInput[$"gradient/{target}"].Values, byLargest[$"gradient/{target}"].Values);

        // And a fixed element is the same as that element in every row.
        var fixedElement = Run(model, GraphGradient.Append(model.Graph, GradientSeed.Element("logits", 4), [target]), null);
        var everywhere = Run(model, GraphGradient.Append(model.Graph, GradientSeed.FromInput("logits", "class"), [target]), [4, 4]);
        Assert.Equal(everywhere[$"gradient/{target}"].Values, fixedElement[$"gradient/{target}"].Values);
        Assert.NotEqual(byLargest[$"gradient/{target}"].Values, fixedElement[$"gradient/{target}"].Values);
    }

    [Theory]
    [InlineData("resnet")]
    [InlineData("densenet")]
    [InlineData("attention")]
    public void OptimizedRuntime_GivesTheSame(string name)
    {
        // Fusion reorders sums: a few units in the last place of float32 over some ten layers.
        var model = new ReferenceModel(name);
        var graph = GraphGradient.Append(model.Graph, GradientSeed.Element("logits", 1), model.Targets);
        var plain = Run(model, graph, null);
        var optimized = Run(model, graph, null, GraphOptimizationLevel.ORT_ENABLE_ALL);
        foreach (var target in model.Targets)
        {
            var (expected, actual) = (plain[$"gradient/{target}"].Values, optimized[$"gradient/{target}"].Values);
            var largest = expected.Max(Math.Abs);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First / largest, pair.Second / largest, 1e-5));
        }
    }

    [Fact]
    public void OnlyTheWayBetween_IsDifferentiated()
    {
        // CumSum has no rule; before the target and beside the way it does not matter.
        var builder = new OnnxGraphBuilder();
        var axis = builder.Initializer<long>("axis", [1]);
        var x = builder.Node("CumSum", [builder.Input("x", ["N", 3]), axis], name: "odd");
        var target = builder.Relu(x, "target");
        var y = builder.Softmax(target, name: "y");
        var graph = builder.Build(y, builder.Node("CumSum", [y, axis], name: "behind"));

        Assert.Equal(3, GraphGradient.Append(graph, GradientSeed.Element("y", 0), ["target"]).Outputs.Count - 1);
        var error = Assert.Throws<OnnxUnsupportedOperatorException>(() => GraphGradient.Append(graph, GradientSeed.Element("y", 0), ["x"]));
        Assert.Equal(("odd", "CumSum"), (error.Node, error.OpType));
    }

    [Fact]
    public void CapturedTensorOfASubgraph_IsNotLeftOut()
    {
        // if (c) then relu(p) else relu(p): the subgraphs read p by name, not as an input of the node.
        GraphProto Branch(string output) => new()
        {
            Name = output,
            Node = { new NodeProto { OpType = "Relu", Input = { "product" }, Output = { output } } },
            Output = { new ValueInfoProto { Name = output } },
        };
        var model = ModelProto.Parser.ParseFrom(Samples.Tiny().ToArray());
        model.Graph.Initializer.Add(OnnxTensor.Create<bool>("c", [true]).Proto);
        model.Graph.Node[1] = new NodeProto
        {
            Name = "choice",
            OpType = "If",
            Input = { "c" },
            Output = { "y" },
            Attribute = { new AttributeProto { Name = "then_branch", G = Branch("a") }, new AttributeProto { Name = "else_branch", G = Branch("b") } },
        };
        var graph = OnnxGraph.Load(new MemoryStream(model.ToByteArray()));
        var error = Assert.Throws<OnnxUnsupportedOperatorException>(() => GraphGradient.Append(graph, GradientSeed.Element("y", 0), ["product"]));
        Assert.Equal(("choice", "If"), (error.Node, error.OpType));
    }

    [Fact]
    public void WrongNamesAndElements_AreRefused()
    {
        var graph = Samples.Tiny();
        Assert.Throws<OnnxException>(() => GraphGradient.Append(graph, GradientSeed.Element("logits", 0), ["x"]));
        Assert.Contains("product", Assert.Throws<OnnxException>(() => GraphGradient.Append(graph, GradientSeed.Element("y", 0), ["nowhere"])).Message, StringComparison.Ordinal);
        Assert.Contains("a row of 'y' has 2", Assert.Throws<OnnxException>(() => GraphGradient.Append(graph, GradientSeed.Element("y", 2), ["x"])).Message, StringComparison.Ordinal);
        Assert.Contains("does not depend on 'y'", Assert.Throws<OnnxException>(() => GraphGradient.Append(graph, GradientSeed.Element("product", 0), ["y"])).Message, StringComparison.Ordinal);
        Assert.Throws<OnnxException>(() => GraphGradient.Append(graph, GradientSeed.FromInput("y", "w"), ["x"]));
        Assert.Throws<ArgumentException>(() => GraphGradient.Append(graph, GradientSeed.Element("y", 0), []));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientSeed.Element("y", -1));
    }

    [Fact]
    public void SettingsWithoutARule_NameTheNode()
    {
        AssertUnsupported("its weight", (b, x) => b.Conv(x, b.Node("Reshape", [x, Ints(b, "s", 1, 1, 4, 4)]), name: "bad"));
        AssertUnsupported("constant", (b, x) => b.Node("Pow", [x, b.Node("Cast", [b.Node("Shape", [x])], [OnnxAttribute.Of("to", 1)])], name: "bad"));
        AssertUnsupported("training mode", (b, x) => b.Node("Dropout", [x, null, b.Initializer("train", [true])], name: "bad"));
        AssertUnsupported("coordinate mode", (b, x) => b.Node(
            "Resize", [x, b.Initializer<float>("roi", [0, 0, 0, 0, 1, 1, 1, 1], 8), b.Initializer<float>("s", [1, 1, 2, 2], 4)],
            [OnnxAttribute.Of("coordinate_transformation_mode", "tf_crop_and_resize")], name: "bad"));
        AssertUnsupported("mode 'cubic'", (b, x) => b.Node("Resize", [x, null, b.Initializer<float>("s", [1, 1, 2, 2], 4)], [OnnxAttribute.Of("mode", "cubic")], name: "bad"));

        static OnnxValue Ints(OnnxGraphBuilder b, string name, params long[] values) => b.Initializer<long>(name, values, values.Length);
    }

    [Theory]
    [InlineData("resnet", 32, 3)]
    [InlineData("attention", 8, 11)]
    [InlineData("densenet", 16, 2)]
    public void LastFeatureMap_IsTheOneBeforePooling(string name, int channels, int side)
    {
        // Sides by hand: 33 pixels halved four times rounding up, 45 twice with the pool rounding down, 40 four times rounding down.
        var model = new ReferenceModel(name);
        var maps = GraphGradient.FindFeatureMaps(model.Graph, "logits");
        Assert.Equal([channels, side, side], maps[^1].Shape!.Skip(1).Select(d => (int)d.Value!));
        // Every one of them can be differentiated by, and they are found in the order of the graph.
        var order = model.Graph.Nodes.SelectMany(n => n.Outputs).Index().ToDictionary(p => p.Item, p => p.Index);
        Assert.Equal(maps.OrderBy(m => order[m.Name]), maps);
        var graph = GraphGradient.Append(model.Graph, GradientSeed.Largest("logits"), [.. maps.Select(m => m.Name)]);
        graph.KeepOutputs([.. maps.Select(m => GraphGradient.OutputName(m.Name))]);
        var results = Run(model, graph, null);
        Assert.All(maps, m => Assert.Contains(results[GraphGradient.OutputName(m.Name)].Values, v => v != 0));
    }

    [Fact]
    public void OpenImageSize_IsRefused_UnlessItIsGiven()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1, "H", "W"]);
        var weight = builder.Initializer<float>("w", [1, 2, 3, 4, 5, 6, 7, 8, 9], 1, 1, 3, 3);
        var pooled = builder.GlobalAveragePool(builder.Conv(x, weight, strides: [2, 2], name: "conv"));
        var graph = builder.Build(builder.Flatten(pooled, name: "y"));
        var error = Assert.Throws<OnnxShapeException>(() => GraphGradient.Append(graph, GradientSeed.Element("y", 0), ["x"]));
        Assert.Contains("give the shape of the graph's input", error.Message, StringComparison.Ordinal);

        var given = new Dictionary<string, OnnxShape> { ["x"] = ["N", 1, 3, 4] };
        var gradient = GraphGradient.Append(graph, GradientSeed.Element("y", 0), ["x"], given);
        // One window, so the gradient is the weight; the fourth column is read by none.
        Assert.Equal([1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0], Runtime.Run(gradient, ("x", new float[12], [1, 1, 3, 4]))["gradient/x"].Values);
    }

    [Fact]
    public void SameCall_GivesTheSameBytes()
    {
        var model = new ReferenceModel("attention");
        byte[] Make() => GraphGradient.Append(model.Graph, GradientSeed.Largest("logits"), model.Targets).ToArray();
        Assert.Equal(Make(), Make());
    }

    private static void AssertUnsupported(string reason, Func<OnnxGraphBuilder, OnnxValue, OnnxValue> layer)
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", [1, 1, 4, 4]);
        var graph = builder.Build(builder.Flatten(layer(builder, x), name: "y"));
        var error = Assert.Throws<OnnxUnsupportedOperatorException>(() => GraphGradient.Append(graph, GradientSeed.Element("y", 0), ["x"]));
        Assert.Equal("bad", error.Node);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, RuntimeTensor> Run(
        ReferenceModel model, OnnxGraph graph, long[]? classes, GraphOptimizationLevel level = GraphOptimizationLevel.ORT_DISABLE_ALL)
    {
        var (shape, values) = model["input"];
        List<NamedOnnxValue> inputs = [NamedOnnxValue.CreateFromTensor("input", new DenseTensor<float>(values, shape))];
        if (classes is not null)
        {
            inputs.Add(NamedOnnxValue.CreateFromTensor("class", new DenseTensor<long>(classes, [classes.Length])));
        }

        return Runtime.Run(graph, inputs, level);
    }
}
