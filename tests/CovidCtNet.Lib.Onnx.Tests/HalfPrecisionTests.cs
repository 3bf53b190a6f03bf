using CovidCtNet.Lib.Onnx.Tests.Quantization;
using CovidCtNet.Lib.Onnx.Tests.Support;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>
/// Graphs in 16 bits on the CPU, which has no 16-bit kernels for them and casts around each operator: the rounding of weights and of every
/// tensor in between is that of a GPU, the sums are not.
/// </summary>
public class HalfPrecisionTests
{
    /// <summary>
    /// A float16 has 11 bits: 5e-4 relative for each rounding. Some 60 tensors one behind the other, with errors that mostly cancel, stay
    /// below 2 %; a lost scale or a wrong cast gives errors of the order of 1.
    /// </summary>
    private const double Tolerance = 0.02;

    [Theory]
    [InlineData("resnet")]
    [InlineData("vgg")]
    [InlineData("densenet")]
    [InlineData("attention")]
    [InlineData("squeezenet")]
    [InlineData("googlenet")]
    [InlineData("mobilenet_v2")]
    [InlineData("mobilenet_v3")]
    [InlineData("shufflenet")]
    [InlineData("efficientnet")]
    [InlineData("convnext")]
    public void Networks_keep_their_scores_and_their_interface(string name)
    {
        var model = new ReferenceModel(name);
        var (shape, values) = model[model.Graph.Inputs[0].Name];
        var output = model.Graph.Outputs[0].Name;
        var half = HalfPrecisionConversion.Apply(model.Graph, null, out var floatLayers);

        Assert.Equal(model.Graph.Inputs, half.Inputs);
        Assert.Equal(model.Graph.Outputs, half.Outputs);
        Assert.Empty(floatLayers);
        Assert.Contains(half.Initializers, i => i.ElementType == OnnxElementType.Float16);
        var expected = QuantizationSamples.Run(model.Graph, values, shape, output);
        foreach (var level in new[] { GraphOptimizationLevel.ORT_DISABLE_ALL, GraphOptimizationLevel.ORT_ENABLE_ALL })
        {
            Assert.InRange(QuantizationSamples.RelativeError(expected, QuantizationSamples.Run(half, values, shape, output, level)), 1e-7, Tolerance);
        }
    }

    [Fact]
    public void A_weight_that_16_bits_cannot_hold_keeps_its_layer_in_float32()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1, 2, 2]);
        var small = builder.Conv(x, builder.Initializer<float>("small", [1e-3f], 1, 1, 1, 1), name: "first");
        var graph = builder.Build(builder.Conv(small, builder.Initializer<float>("large", [1e6f], 1, 1, 1, 1), name: "second"));
        var half = HalfPrecisionConversion.Apply(graph, null, out var floatLayers);

        Assert.Equal(["second"], floatLayers);
        Assert.Equal(OnnxElementType.Float32, half.FindInitializer("large")!.ElementType);
        Assert.Null(half.FindInitializer("small"));
        float[] values = [1, -2, 0.5f, 4];
        Assert.InRange(QuantizationSamples.RelativeError(QuantizationSamples.Run(graph, values, [1, 1, 2, 2]), QuantizationSamples.Run(half, values, [1, 1, 2, 2])), 0, 1e-3);
    }

    [Fact]
    public void Islands_are_float32_between_casts()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2, 3, 3]);
        var a = builder.Relu(builder.Conv(x, builder.Weight(new Random(1), "w", 1, 4, 2, 1, 1), name: "conv"), "a");
        var b = builder.Resize(builder.Sigmoid(a, "island"), 6, 6, ResizeCoordinates.HalfPixel, "b");
        var half = HalfPrecisionConversion.Apply(builder.Build(b), new HalfPrecisionOptions { FloatNodes = ["island"] }, out _);
        Assert.Equal(["Cast", "Conv", "Relu", "Cast", "Sigmoid", "Cast", "Resize", "Cast"], half.Nodes.Select(n => n.OpType));
        Assert.Equal(OnnxElementType.Float32, half.Initializers.Single(i => i.Name.StartsWith("constant/", StringComparison.Ordinal)).ElementType);
        Assert.Throws<OnnxException>(() => HalfPrecisionConversion.Apply(half, new HalfPrecisionOptions { FloatNodes = ["none"] }, out _));
    }
}
