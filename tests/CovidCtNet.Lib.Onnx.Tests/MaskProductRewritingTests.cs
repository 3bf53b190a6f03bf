using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>(1 + m) * t and m * t + t are the same numbers; what something else reads is left alone.</summary>
public sealed class MaskProductRewritingTests
{
    // One rounding more or less of values up to about 10 in single precision, 10 * 2^-24.
    private const double Tolerance = 2e-6;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Rewritten_equals_what_it_was(bool oneFirst, bool sumSecond)
    {
        var (graph, _) = Module(1, oneFirst, sumSecond);
        var rewritten = graph.Clone();
        Assert.Equal(1, MaskProductRewriting.Apply(rewritten));
        Assert.Equal(["Conv", "Sigmoid", "Conv", "Mul", "Add", "Relu"], rewritten.Nodes.Select(n => n.OpType));
        Assert.Equal(graph.Outputs.Select(o => o.Name), rewritten.Outputs.Select(o => o.Name));
        Assert.Equal(graph.Initializers.Count - 1, rewritten.Initializers.Count);

        var input = Samples.Normal(new Random(2), 3 * 4 * 6 * 5);
        var expected = Runtime.Run(graph, ("x", input, [3, 4, 6, 5]))["y"].Values;
        var actual = Runtime.Run(OnnxGraph.Load(new MemoryStream(rewritten.ToArray())), ("x", input, [3, 4, 6, 5]))["y"].Values;
        Assert.True(expected.Distinct().Count() > 100, "The values must tell an error apart.");
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Tolerance);
        }
    }

    [Fact]
    public void Another_constant_or_a_sum_that_others_read_is_left_alone()
    {
        var (two, _) = Module(2, oneFirst: false, sumSecond: false);
        Assert.Equal(0, MaskProductRewriting.Apply(two));

        var (shown, sum) = Module(1, oneFirst: false, sumSecond: false);
        shown.AddOutput(sum, OnnxElementType.Float32);
        var before = shown.ToArray();
        Assert.Equal(0, MaskProductRewriting.Apply(shown));
        Assert.Equal(before, shown.ToArray());
    }

    private static (OnnxGraph Graph, string Sum) Module(float constant, bool oneFirst, bool sumSecond)
    {
        var random = new Random(1);
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 4, 6, 5]);
        var mask = builder.Sigmoid(builder.Conv(x, builder.Weight(random, "w", 0.5, 4, 4, 1, 1), name: "mask"));
        var trunk = builder.Conv(x, builder.Weight(random, "v", 0.5, 4, 4, 1, 1), name: "trunk");
        var one = builder.Initializer("one", (ReadOnlySpan<float>)[constant]);
        var sum = oneFirst ? builder.Add(one, mask, "sum") : builder.Add(mask, one, "sum");
        var product = sumSecond ? builder.Mul(trunk, sum, "product") : builder.Mul(sum, trunk, "product");
        return (builder.Build(builder.Relu(product, "y")), sum.Name);
    }
}
