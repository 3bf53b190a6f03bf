using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>Small classifiers whose maps can be worked out in another way.</summary>
internal static class ExplainerModels
{
    public static readonly CtPreprocessing Preprocessing = new() { Width = 16, Height = 16, Fit = CtFit.Stretch, Mean = 0.25f, StandardDeviation = 0.5f };

    /// <summary>
    /// conv - relu - conv - relu ("last") - global mean - dense ("logits") - softmax; with channels last, of an input [N, H, W, C] that is transposed, as tf2onnx
    /// writes networks of Keras.
    /// </summary>
    public static OnnxGraph Network(int classes = 3, bool softmax = true, int side = 16, object? batch = null, int channels = 1, bool channelsLast = false)
    {
        var random = new Random(5);
        var builder = new OnnxGraphBuilder("small");
        OnnxDimension rows = batch is int n ? n : "N";
        var x = channelsLast
            ? builder.Node("Transpose", [builder.Input("x", [rows, side, side, channels])], [OnnxAttribute.Of("perm", [0L, 3, 1, 2])], "turned")
            : builder.Input("x", [rows, channels, side, side]);
        x = builder.Relu(builder.Conv(x, Weight(builder, random, "w1", 6, channels, 3, 3), pads: [1, 1, 1, 1], name: "conv1"), "relu1");
        x = builder.Relu(builder.Conv(x, Weight(builder, random, "w2", 8, 6, 3, 3), strides: [2, 2], pads: [1, 1, 1, 1], name: "conv2"), "last");
        var logits = builder.Gemm(builder.Flatten(builder.GlobalAveragePool(x)), Weight(builder, random, "head", 8, classes), name: "logits");
        return builder.Build(softmax ? builder.Softmax(logits, name: "probabilities") : logits);
    }

    /// <summary>A mean of the slice times 4, less 1: every window's occlusion is known.</summary>
    public static OnnxGraph Mean(int side = 16)
    {
        var builder = new OnnxGraphBuilder("mean");
        var x = builder.Input("x", ["N", 1, side, side]);
        var mean = builder.Flatten(builder.GlobalAveragePool(x));
        return builder.Build(builder.Gemm(mean, builder.Initializer<float>("w", [4f], 1, 1), builder.Initializer<float>("b", [-1f], 1), name: "logit"));
    }

    /// <summary>Reacts to brightness in one place: a fixed window of weights over the pixels.</summary>
    public static OnnxGraph Spot(int side, int left, int top, int size)
    {
        var weights = new float[side * side];
        for (var y = top; y < top + size; y++)
        {
            weights.AsSpan((y * side) + left, size).Fill(1f / (size * size));
        }

        var builder = new OnnxGraphBuilder("spot");
        var x = builder.Input("x", ["N", 1, side, side]);
        var product = builder.Mul(x, builder.Initializer("place", (ReadOnlySpan<float>)weights, 1, 1, side, side), "weighed");
        var sum = builder.Flatten(builder.GlobalAveragePool(product));
        return builder.Build(builder.Gemm(sum, builder.Initializer<float>("w", [4f * side * side], 1, 1), builder.Initializer<float>("b", [-2f], 1), name: "logit"));
    }

    public static CtImage Slice(int seed, int width = 16, int height = 16)
    {
        var random = new Random(seed);
        return CtImage.FromGray8([.. Enumerable.Range(0, width * height).Select(_ => (byte)random.Next(256))], width, height, $"noise {seed}");
    }

    private static OnnxValue Weight(OnnxGraphBuilder builder, Random random, string name, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle() - 0.4f;
        }

        return builder.Initializer(name, (ReadOnlySpan<float>)values, shape);
    }
}
