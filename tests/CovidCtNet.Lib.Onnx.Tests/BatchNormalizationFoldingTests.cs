using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>A folded graph computes what the unfolded one computes; what must not be folded is left alone.</summary>
public sealed class BatchNormalizationFoldingTests
{
    // Folding reorders float32 roundings: each output is a sum of at most 36 products of size about 1, so a few 1e-6.
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(4, false)]
    public void Folded_EqualsUnfolded(int group, bool bias)
    {
        for (var seed = 0; seed < 8; seed++)
        {
            var random = new Random(seed);
            var builder = new OnnxGraphBuilder();
            var x = builder.Input("x", ["N", 4, 7, 9]);
            var w = builder.Weight(random, "w", 0.5, 8, 4 / group, 3, 3);
            var conv = builder.Conv(x, w, bias ? builder.Weight(random, "b", 1, 8) : null, strides: [2, 1], pads: [1, 0, 1, 2], group: group, name: "conv");
            var first = builder.Relu(builder.RandomBatchNormalization(random, conv, "bn1"));
            var second = builder.Conv(first, builder.Weight(random, "w2", 0.5, 3, 8, 1, 1), name: "conv2");
            var graph = builder.Build(builder.RandomBatchNormalization(random, second, "bn2"));

            var folded = graph.Clone();
            Assert.Equal(2, BatchNormalizationFolding.Apply(folded));
            Assert.Equal(["Conv", "Relu", "Conv"], folded.Nodes.Select(n => n.OpType));
            Assert.Equal(graph.Outputs.Select(o => o.Name), folded.Outputs.Select(o => o.Name));
            Assert.Equal(4, folded.Initializers.Count);

            var input = Samples.Normal(random, 2 * 4 * 7 * 9);
            var expected = Runtime.Run(graph, ("x", input, [2, 4, 7, 9]))["bn2/result"].Values;
            var actual = Runtime.Run(OnnxGraph.Load(new MemoryStream(folded.ToArray())), ("x", input, [2, 4, 7, 9]))["bn2/result"].Values;
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], actual[i], Tolerance);
            }
        }
    }

    [Fact]
    public void SharedOrVisibleConvolution_IsLeftAlone()
    {
        var random = new Random(1);
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2, 4, 4]);
        var shared = builder.Conv(x, builder.Weight(random, "w", 1, 2, 2, 1, 1), name: "shared");
        var y = builder.Add(builder.RandomBatchNormalization(random, shared, "bn"), shared, "y");
        var visible = builder.Conv(x, builder.Weight(random, "w2", 1, 2, 2, 1, 1), name: "visible");
        var z = builder.RandomBatchNormalization(random, visible, "bn2");
        var input = builder.RandomBatchNormalization(random, x, "bn3");
        var graph = builder.Build(y, z, visible, input);
        var before = graph.ToArray();
        Assert.Equal(0, BatchNormalizationFolding.Apply(graph));
        Assert.Equal(before, graph.ToArray());
    }

    [Fact]
    public void SharedWeight_IsNotChangedForTheOther()
    {
        var random = new Random(2);
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2, 4, 4]);
        var w = builder.Weight(random, "w", 1, 2, 2, 1, 1);
        var normalized = builder.RandomBatchNormalization(random, builder.Conv(x, w), "bn");
        var graph = builder.Build(builder.Conv(normalized, w, name: "y"));
        var input = Samples.Normal(random, 32);
        var expected = Runtime.Run(graph, ("x", input, [1, 2, 4, 4]))["y"].Values;
        Assert.Equal(1, BatchNormalizationFolding.Apply(graph));
        var actual = Runtime.Run(graph, ("x", input, [1, 2, 4, 4]))["y"].Values;
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Tolerance);
        }
    }
}
