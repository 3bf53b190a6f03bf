using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Tests.Inference;

/// <summary>Tiny models whose logits are known by hand.</summary>
internal static class TestModels
{
    /// <summary>Mean intensity m of a slice gives logit 4 m - 1.</summary>
    public static OnnxGraph MeanGraph(int side = 4, int channels = 1)
    {
        var builder = new OnnxGraphBuilder("mean");
        var input = builder.Input(ModelContract.InputName, ["N", channels, side, side]);
        var mean = builder.Flatten(builder.GlobalAveragePool(input));
        var weights = Enumerable.Repeat(4f / channels, channels).ToArray();
        var logits = builder.Gemm(
            mean, builder.Initializer("w", (ReadOnlySpan<float>)weights, channels, 1), builder.Initializer("b", (ReadOnlySpan<float>)[-1f], 1), name: ModelContract.LogitsName);
        return builder.Build(logits);
    }

    /// <summary>Mean intensity m gives class values (m, 3 m + 0.5): logit 2 m + 0.5.</summary>
    public static OnnxGraph TwoClassGraph()
    {
        var builder = new OnnxGraphBuilder("two");
        var input = builder.Input(ModelContract.InputName, ["N", 1, 4, 4]);
        var mean = builder.Flatten(builder.GlobalAveragePool(input));
        var logits = builder.Gemm(
            mean, builder.Initializer("w", (ReadOnlySpan<float>)[1f, 3f], 1, 2), builder.Initializer("b", (ReadOnlySpan<float>)[0f, 0.5f], 2), name: ModelContract.LogitsName);
        return builder.Build(logits);
    }

    /// <summary>A chain of convolutions: enough work that others get in between, and sums whose order matters.</summary>
    public static OnnxGraph ConvGraph(int side, int layers, float? bias = null)
    {
        var builder = new OnnxGraphBuilder("conv");
        var random = new Random(3);
        OnnxValue Weight(string name, params long[] shape)
        {
            var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (random.NextSingle() - 0.5f) * 0.35f;
            }

            return builder.Initializer(name, (ReadOnlySpan<float>)values, shape);
        }

        var x = builder.Input(ModelContract.InputName, ["N", 1, side, side]);
        x = builder.Conv(x, Weight("w0", 16, 1, 3, 3), pads: [1, 1, 1, 1]);
        for (var i = 1; i < layers; i++)
        {
            x = builder.Relu(builder.Conv(x, Weight($"w{i}", 16, 16, 3, 3), pads: [1, 1, 1, 1]));
        }

        var flat = builder.Flatten(builder.GlobalAveragePool(x));
        OnnxValue? last = bias is { } value ? builder.Initializer("bias", (ReadOnlySpan<float>)[value], 1) : null;
        return builder.Build(builder.Gemm(flat, Weight("head", 16, 1), last, name: ModelContract.LogitsName));
    }

    public static ModelContract Contract(OnnxGraph graph, int side = 4, ModelHead head = ModelHead.OneLogit, int channels = 1) => new()
    {
        SchemaVersion = ModelContract.CurrentSchemaVersion,
        Name = "test",
        Version = "1.2.3",
        Preprocessing = new CtPreprocessing { Width = side, Height = side, Fit = CtFit.Stretch },
        Classes = ["non-COVID", "COVID"],
        Threshold = 0.6,
        Temperature = 2,
        Network = new ModelNetwork
        {
            Architecture = "mean",
            Width = 1,
            InputChannels = channels,
            InputWidth = side,
            InputHeight = side,
            Head = head,
            Attention = false,
        },
        Training = new ModelTraining
        {
            Data = "none",
            Split = "none",
            LeakingSplit = false,
            Seed = 1,
            Recipe = "by hand",
            Date = new DateOnly(2026, 1, 31),
        },
        Metrics =
        [
            new ModelMetric
            {
                Name = "AUC", Set = "test", Value = 0.97, Lower = 0.95, Upper = 0.98, Level = 0.95, Method = "DeLong", Samples = 100, Groups = 10,
            },
        ],
        WeightsLicense = "MIT",
        WeightsSha256 = graph.ComputeWeightsSha256(),
        IntendedUse = "Tests.",
    };

    /// <summary>The bytes of a model file.</summary>
    public static byte[] Bytes(OnnxGraph graph, ModelContract? contract)
    {
        if (contract is not null)
        {
            graph.Metadata[ModelContract.MetadataKey] = contract.ToJson();
        }

        return graph.ToArray();
    }

    public static CovidCtModel Load(byte[] bytes, CovidCtModelOptions? options = null)
        => CovidCtModel.Load(new MemoryStream(bytes), options, "test.onnx");

    public static CovidCtModel LoadMean(CovidCtModelOptions? options = null)
    {
        var graph = MeanGraph();
        return Load(Bytes(graph, Contract(graph)), options);
    }

    public static CovidCtModel LoadConv(int side, int layers, CovidCtModelOptions? options = null)
    {
        var graph = ConvGraph(side, layers);
        return Load(Bytes(graph, Contract(graph, side)), options);
    }

    /// <summary>A slice of one gray value.</summary>
    public static CtImage Flat(byte value) => CtImage.FromGray8([value, value, value, value], 2, 2, $"flat {value}");
}
