using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests.Quantization;

/// <summary>What is done to the float graph before it is quantised does not change its function.</summary>
public class PreparationTests
{
    /// <summary>Rounding of float32 sums of some hundred terms, relative to the result.</summary>
    private const double Rounding = 1e-5;

    [Theory]
    [InlineData(7, 3, 3, 1, 16, 16)]
    [InlineData(3, 1, 1, 3, 12, 10)]
    [InlineData(3, 0, 0, 1, 12, 12)]
    [InlineData(3, 0, 1, 2, 8, 8)]
    [InlineData(5, 2, 2, 1, 10, 14)]
    [InlineData(4, 1, 1, 1, 12, 12)]
    [InlineData(1, 0, 0, 3, 6, 6)]
    public void A_stem_with_stride_2_becomes_one_without(int kernel, int begin, int end, int channels, int height, int width)
    {
        var random = new Random(1);
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", channels, height, width]);
        var graph = builder.Build(builder.Conv(x, builder.Weight(random, "w", 1, 5, channels, kernel, kernel), strides: [2, 2], pads: [begin, begin, end, end], name: "y"));
        var prepared = GraphQuantizer.Prepare(graph);

        Assert.Contains(prepared.Nodes, n => n.OpType == "SpaceToDepth");
        var values = Samples.Normal(random, 2 * channels * height * width);
        int[] shape = [2, channels, height, width];
        Assert.InRange(QuantizationSamples.RelativeError(QuantizationSamples.Run(graph, values, shape), QuantizationSamples.Run(prepared, values, shape)), 0, Rounding);
    }

    [Fact]
    public void A_stem_of_odd_size_is_left_alone()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1, 15, 16]);
        var graph = builder.Build(builder.Conv(x, builder.Weight(new Random(1), "w", 1, 4, 1, 3, 3), strides: [2, 2], pads: [1, 1, 1, 1], name: "y"));
        Assert.DoesNotContain(GraphQuantizer.Prepare(graph).Nodes, n => n.OpType == "SpaceToDepth");
    }

    [Fact]
    public void Normalisations_become_depthwise_convolutions()
    {
        var random = new Random(2);
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 6, 5, 5]);
        var graph = builder.Build(builder.Relu(builder.RandomBatchNormalization(random, x, "bn"), "y"));
        var prepared = GraphQuantizer.Prepare(graph);

        Assert.Equal(["Conv", "Relu"], prepared.Nodes.Select(n => n.OpType));
        var values = Samples.Normal(random, 2 * 6 * 25);
        Assert.InRange(QuantizationSamples.RelativeError(QuantizationSamples.Run(graph, values, [2, 6, 5, 5]), QuantizationSamples.Run(prepared, values, [2, 6, 5, 5])), 0, Rounding);
    }

    [Fact]
    public void Equalisation_evens_out_channels_and_keeps_the_function()
    {
        var random = new Random(3);
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 3, 6, 6]);
        var first = builder.Weight(random, "w1", 1, 4, 3, 3, 3);
        var hidden = builder.Relu(builder.Conv(x, first, builder.Weight(random, "b1", 1, 4), pads: [1, 1, 1, 1]), "hidden");
        var graph = builder.Build(builder.Conv(hidden, builder.Weight(random, "w2", 1, 5, 4, 1, 1), name: "y"));
        // A channel that is much larger than the others, and made small again behind.
        float[] Scaled(string name, int start, int step, int count, float factor)
        {
            var weight = graph.FindInitializer(name)!.ToSingles();
            for (var i = start; i < weight.Length; i += step)
            {
                for (var k = 0; k < count; k++)
                {
                    weight[i + k] *= factor;
                }
            }

            return weight;
        }

        graph.SetInitializer(OnnxTensor.Create<float>("w1", Scaled("w1", 27, 4 * 27, 27, 100), 4, 3, 3, 3));
        graph.SetInitializer(OnnxTensor.Create<float>("w2", Scaled("w2", 1, 4, 1, 0.01f), 5, 4, 1, 1));
        var prepared = GraphQuantizer.Prepare(graph, new QuantizationOptions { EqualizeLayers = true });

        var values = Samples.Normal(random, 3 * 36);
        Assert.InRange(QuantizationSamples.RelativeError(QuantizationSamples.Run(graph, values, [1, 3, 6, 6]), QuantizationSamples.Run(prepared, values, [1, 3, 6, 6])), 0, Rounding);
        double[] FilterRanges(OnnxGraph of) => [.. of.FindInitializer("w1")!.ToDoubles().Chunk(27).Select(f => f.Max(Math.Abs))];
        Assert.True(FilterRanges(graph).Max() / FilterRanges(graph).Min() > 30);
        Assert.True(FilterRanges(prepared).Max() / FilterRanges(prepared).Min() < 5);
    }

    [Fact]
    public void An_operator_set_without_scales_per_channel_is_refused()
    {
        var builder = new OnnxGraphBuilder(opset: 12);
        var graph = builder.Build(builder.Relu(builder.Input("x", ["N", 1, 4, 4]), "y"));
        Assert.Contains("operator set 12", Assert.Throws<OnnxException>(() => GraphQuantizer.Prepare(graph)).Message, StringComparison.Ordinal);
    }
}
