using CovidCtNet.Lib.Onnx.Tests.Support;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Onnx.Tests.Quantization;

/// <summary>8-bit graphs against integer arithmetic done by hand, and against the float networks they were made of.</summary>
public class GraphQuantizerTests
{
    private static readonly QuantizationOptions Plain = new() { Calibration = CalibrationMethod.MinMax, CorrectBiases = false, KeepHeadInFloat = false };

    [Fact]
    public void A_convolution_equals_integer_arithmetic()
    {
        // 1x1 convolution, two channels in, two out; every number below follows from the definitions of QuantizeLinear and QLinearConv.
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2, 1, 1]);
        var conv = builder.Conv(x, builder.Initializer<float>("w", [1f, -0.5f, 0.25f, 0.1f], 2, 2, 1, 1), builder.Initializer<float>("b", [0.3f, -0.2f], 2), name: "c");
        var graph = builder.Build(builder.Flatten(conv, name: "y"));
        float[] seen = [-1, 2, 0.5f, 1.5f];
        var result = QuantizationSamples.Quantize(graph, seen, [2, 2, 1, 1], Plain);

        double[] bias = [0.3, -0.2];
        double[][] weights = [[1, -0.5], [0.25, 0.1]];
        var inputRange = new QuantizationRange(-1, 2);
        double[] outputs = [.. seen.Chunk(2).SelectMany(row => weights.Select((w, c) => (w[0] * row[0]) + (w[1] * row[1]) + bias[c]))];
        var outputRange = new QuantizationRange((float)outputs.Min(), (float)outputs.Max());
        var expected = new List<double>();
        foreach (var row in seen.Chunk(2))
        {
            for (var c = 0; c < 2; c++)
            {
                var weightScale = (float)(weights[c].Max(Math.Abs) / 127);
                var sum = Math.Round(bias[c] / (inputRange.Scale * (double)weightScale));
                for (var i = 0; i < 2; i++)
                {
                    var q = Math.Clamp(Math.Round(row[i] / inputRange.Scale) + inputRange.ZeroPoint, 0, 255) - inputRange.ZeroPoint;
                    sum += q * Math.Round(weights[c][i] / weightScale);
                }

                var level = Math.Clamp(Math.Round(sum * inputRange.Scale * weightScale / outputRange.Scale) + outputRange.ZeroPoint, 0, 255);
                expected.Add((level - outputRange.ZeroPoint) * outputRange.Scale);
            }
        }

        var actual = QuantizationSamples.Run(result.Graph, seen, [2, 2, 1, 1], level: GraphOptimizationLevel.ORT_ENABLE_ALL);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-6));
        Assert.All(result.Layers.Where(l => l.OpType == "Conv"), l => Assert.True(l.IsQuantized));
    }

    [Theory]
    [InlineData("resnet", 0.1)]
    [InlineData("vgg", 0.1)]
    [InlineData("densenet", 0.15)]
    [InlineData("attention", 0.15)]
    [InlineData("squeezenet", 0.1)]
    [InlineData("googlenet", 0.15)]
    [InlineData("mobilenet_v2", 0.2)]
    [InlineData("shufflenet", 0.2)]
    public void Networks_of_other_makers_keep_their_scores(string name, double tolerance)
    {
        // Their weights are random, so that nothing bounds the error but the step: 8 bits of some 40 layers one after the other add up to some
        // percent of the scores; a wrong scale, layout or zero point gives an error of the order of 1.
        var model = new ReferenceModel(name);
        var (shape, values) = model[model.Graph.Inputs[0].Name];
        var options = QuantizationOptions.Default with { PerChannelWeights = model.Graph.OpsetVersion >= 13 };
        var prepared = GraphQuantizer.Prepare(model.Graph, options);
        var output = model.Graph.Outputs[0].Name;
        var expected = QuantizationSamples.Run(model.Graph, values, shape, output);
        Assert.InRange(QuantizationSamples.RelativeError(expected, QuantizationSamples.Run(prepared, values, shape, output)), 0, 1e-4);

        var result = QuantizationSamples.Quantize(prepared, values, shape, options);
        var plain = QuantizationSamples.Run(result.Graph, values, shape, output);
        var fused = QuantizationSamples.Run(result.Graph, values, shape, output, GraphOptimizationLevel.ORT_ENABLE_ALL);
        Assert.InRange(QuantizationSamples.RelativeError(expected, plain), 1e-6, tolerance);
        Assert.InRange(QuantizationSamples.RelativeError(expected, fused), 1e-6, tolerance);
        Assert.All(result.Layers.Where(l => l.OpType == "Conv"), l => Assert.True(l.IsQuantized, $"{l.NodeName}: {l.Reason}"));
    }

    [Fact]
    public void Rectifiers_that_8_bits_do_anyway_are_left_out_and_clips_are_kept_where_they_cut()
    {
        var random = new Random(4);
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2, 4, 4]);
        var a = builder.Relu(builder.Conv(x, builder.Weight(random, "w1", 1, 4, 2, 3, 3)));
        var clip = builder.Node("Clip", [builder.Conv(a, builder.Weight(random, "w2", 1, 4, 4, 1, 1)), builder.Initializer<float>("low", [0.5f]), builder.Initializer<float>("high", [1f])], name: "clip");
        var graph = builder.Build(builder.Conv(clip, builder.Weight(random, "w3", 1, 2, 4, 1, 1), name: "y"));
        var values = Samples.Normal(random, 32);
        var result = QuantizationSamples.Quantize(graph, values, [1, 2, 4, 4], Plain);

        // 0 must be an 8-bit value, so that 8 bits do not stop at 0.5.
        Assert.Equal(["Clip"], result.Graph.Nodes.Select(n => n.OpType).Where(o => o is "Relu" or "Clip"));
        Assert.InRange(QuantizationSamples.RelativeError(QuantizationSamples.Run(graph, values, [1, 2, 4, 4]), QuantizationSamples.Run(result.Graph, values, [1, 2, 4, 4])), 1e-6, 0.05);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(0)]
    public void One_constant_number_is_exact_in_8_bits(float constant)
    {
        var random = new Random(5);
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2, 4, 4]);
        var a = builder.Sigmoid(builder.Conv(x, builder.Weight(random, "w1", 1, 3, 2, 1, 1)));
        var sum = builder.Add(a, builder.Initializer<float>("one", [constant]), "sum");
        var graph = builder.Build(builder.Conv(sum, builder.Weight(random, "w2", 1, 2, 3, 1, 1), name: "y"));
        var values = Samples.Normal(random, 64);
        var result = QuantizationSamples.Quantize(graph, values, [2, 2, 4, 4], Plain);

        Assert.True(result.Layers.Single(l => l.OpType == "Add").IsQuantized);
        var constants = result.Graph.Nodes.Single(n => n.OpType == "Add").Inputs[1];
        var values8 = Runtime.Run(WithOutput(result.Graph, constants), ("x", values, [2, 2, 4, 4]))[constants].Values;
        Assert.Equal([constant], values8);
    }

    [Fact]
    public void Correction_takes_the_mean_error_of_rounded_weights_out()
    {
        // One scale for all filters, one of them tiny: its weights round badly, always to the same side.
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2, 4, 4]);
        var weight = builder.Initializer<float>("w", [10f, -10f, 0.06f, 0.05f], 2, 2, 1, 1);
        var graph = builder.Build(builder.Flatten(builder.Conv(x, weight, name: "c"), name: "y"));
        var values = Samples.Uniform(new Random(6), 64, 0.5, 1);
        double MeanError(bool correct)
        {
            var options = Plain with { PerChannelWeights = false, CorrectBiases = correct };
            var result = QuantizationSamples.Quantize(graph, values, [2, 2, 4, 4], options);
            var difference = QuantizationSamples.Run(result.Graph, values, [2, 2, 4, 4]).Zip(QuantizationSamples.Run(graph, values, [2, 2, 4, 4]), (a, e) => a - e).ToArray();
            return Math.Abs(difference.Where((_, i) => i % 32 >= 16).Average());
        }

        // By hand: the step is 10/127, so that 0.06 and 0.05 become one step each, 0.0475 too much on a mean input of 0.75.
        Assert.InRange(MeanError(correct: false), 0.02, 0.08);
        Assert.InRange(MeanError(correct: true), 0, 0.01);
    }

    [Fact]
    public void Nodes_stay_in_float_where_asked_and_the_head_by_default()
    {
        var model = new ReferenceModel("resnet");
        var (shape, values) = model[model.Graph.Inputs[0].Name];
        var prepared = GraphQuantizer.Prepare(model.Graph);
        var named = prepared.Nodes.Where(n => n.OpType == "Conv").ElementAt(3).Name;
        var result = QuantizationSamples.Quantize(prepared, values, shape, new QuantizationOptions { FloatNodes = [named] });
        Assert.Equal("asked for", result.Layers.Single(l => l.NodeName == named).Reason);
        Assert.Equal("head", result.Layers.Single(l => l.OpType is "Gemm" or "MatMul").Reason);
        Assert.Throws<OnnxException>(() => GraphQuantizer.TensorsToCalibrate(prepared, new QuantizationOptions { FloatNodes = ["no such node"] }));
        Assert.Throws<OnnxException>(() => GraphQuantizer.Quantize(prepared, new CalibrationStatistics()));
    }

    [Fact]
    public void Seven_bits_never_reach_the_eighth_and_the_same_calls_give_the_same_bytes()
    {
        var model = new ReferenceModel("vgg");
        var (shape, values) = model[model.Graph.Inputs[0].Name];
        var prepared = GraphQuantizer.Prepare(model.Graph);
        var result = QuantizationSamples.Quantize(prepared, values, shape, new QuantizationOptions { WeightBits = 7 });
        var weights = result.Graph.Initializers.Where(i => i.ElementType == OnnxElementType.Int8 && i.Dimensions.Count > 1).ToList();
        Assert.NotEmpty(weights);
        Assert.All(weights, w => Assert.InRange(w.ToIntegers().Max(Math.Abs), 1, 63));
        Assert.Equal(result.Graph.ToArray(), QuantizationSamples.Quantize(prepared, values, shape, new QuantizationOptions { WeightBits = 7 }).Graph.ToArray());
    }

    [Fact]
    public void A_tiny_filter_with_a_large_bias_does_not_overflow()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1, 2, 2]);
        var graph = builder.Build(builder.Conv(x, builder.Initializer<float>("w", [1e-12f, 1f], 2, 1, 1, 1), builder.Initializer<float>("b", [5f, 0f], 2), name: "y"));
        float[] values = [0, 0.3f, 0.6f, 1];
        var result = QuantizationSamples.Quantize(graph, values, [1, 1, 2, 2], Plain);
        var expected = QuantizationSamples.Run(graph, values, [1, 1, 2, 2]);
        Assert.All(expected.Zip(QuantizationSamples.Run(result.Graph, values, [1, 1, 2, 2])), p => Assert.Equal(p.First, p.Second, 0.03));
    }

    private static OnnxGraph WithOutput(OnnxGraph graph, string tensor)
    {
        var copy = graph.Clone();
        copy.AddOutput(tensor, OnnxElementType.Float32);
        return copy;
    }
}
