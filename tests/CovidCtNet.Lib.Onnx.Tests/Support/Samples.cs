namespace CovidCtNet.Lib.Onnx.Tests.Support;

/// <summary>Small graphs and numbers for tests; the same seed gives the same.</summary>
internal static class Samples
{
    public static float[] Normal(Random random, int count, double scale = 1)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            // Box-Muller.
            values[i] = (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }

    public static float[] Uniform(Random random, int count, double low, double high) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(low + ((high - low) * random.NextDouble())))];

    public static OnnxValue Weight(this OnnxGraphBuilder builder, Random random, string name, double scale, params long[] dimensions) =>
        builder.Initializer<float>(name, Normal(random, (int)dimensions.Aggregate(1L, (a, b) => a * b), scale), dimensions);

    public static OnnxValue RandomBatchNormalization(this OnnxGraphBuilder builder, Random random, OnnxValue x, string name)
    {
        var channels = (int)x.Shape[1].Value!.Value;
        using (builder.Scope(name))
        {
            return builder.BatchNormalization(
                x,
                builder.Initializer<float>("scale", Uniform(random, channels, 0.5, 1.5), channels),
                builder.Initializer<float>("bias", Normal(random, channels), channels),
                builder.Initializer<float>("mean", Normal(random, channels), channels),
                builder.Initializer<float>("variance", Uniform(random, channels, 0.2, 2), channels),
                name: "result");
        }
    }

    /// <summary>Two nodes, one weight, metadata: y = relu(x * w).</summary>
    public static OnnxGraph Tiny()
    {
        var builder = new OnnxGraphBuilder("tiny");
        var x = builder.Input("x", ["N", 2]);
        var w = builder.Initializer<float>("w", [2f, -3f], 2);
        var graph = builder.Build(builder.Relu(builder.Mul(x, w, "product"), "y"));
        graph.Metadata["author"] = "test";
        return graph;
    }
}
