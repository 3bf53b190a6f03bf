using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>A factor for each channel gives the same numbers within the weights of the convolution before it; what something else reads is left alone.</summary>
public sealed class ChannelFactorFoldingTests
{
    // Sums of 3 * 9 products of values around 1, each rounded once more or less.
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Folded_equals_what_it_was(bool chosen, bool factorFirst)
    {
        var graph = Graph(chosen, factorFirst);
        var folded = graph.Clone();
        Assert.Equal(1, ChannelFactorFolding.Apply(folded));
        Assert.DoesNotContain(folded.Nodes, n => n.OpType == "Mul");
        Assert.Equal(graph.Outputs.Select(o => o.Name), folded.Outputs.Select(o => o.Name));

        var input = Samples.Normal(new Random(2), 2 * 3 * 7 * 6);
        var expected = Runtime.Run(graph, ("x", input, [2, 3, 7, 6]))["y"].Values;
        var actual = Runtime.Run(OnnxGraph.Load(new MemoryStream(folded.ToArray())), ("x", input, [2, 3, 7, 6]))["y"].Values;
        Assert.True(expected.Distinct().Count() > 100, "The values must tell an error apart.");
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Tolerance);
        }
    }

    [Fact]
    public void A_result_that_others_read_another_alternative_a_bias_or_one_factor_for_all_is_left_alone()
    {
        var shown = Graph(chosen: true, factorFirst: false);
        shown.AddOutput("convolution", OnnxElementType.Float32);
        foreach (var graph in (OnnxGraph[])[shown, Graph(true, false, below: 0.5f), Graph(false, false, biased: true), Graph(false, false, factors: [2f])])
        {
            var before = graph.ToArray();
            Assert.Equal(0, ChannelFactorFolding.Apply(graph));
            Assert.Equal(before, graph.ToArray());
        }
    }

    private static OnnxGraph Graph(bool chosen, bool factorFirst, float below = 0, bool biased = false, float[]? factors = null)
    {
        var random = new Random(1);
        factors ??= [0.5f, -1, 2];
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 3, 7, 6]);
        var weight = builder.Weight(random, "w", 0.5, 3, 3, 3, 3);
        var bias = builder.Initializer("b", (ReadOnlySpan<float>)[0.5f, -1, 2], 3);
        var value = builder.Node("Conv", biased ? [x, weight, bias] : [x, weight], [OnnxAttribute.Of("pads", [1L, 1, 1, 1])], "convolution");
        if (chosen)
        {
            var zero = builder.Initializer("zero", (ReadOnlySpan<float>)[0f]);
            var other = builder.Initializer("below", (ReadOnlySpan<float>)[below]);
            value = builder.Node("Where", [builder.Node("Greater", [x, zero]), value, other]);
        }

        var factor = builder.Initializer("factors", (ReadOnlySpan<float>)factors, factors.Length, 1, 1);
        return builder.Build(factorFirst ? builder.Mul(factor, value, "y") : builder.Mul(value, factor, "y"));
    }
}
