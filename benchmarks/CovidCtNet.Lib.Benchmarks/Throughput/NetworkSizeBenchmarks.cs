using BenchmarkDotNet.Attributes;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Quantization;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Networks;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>Untrained networks of several widths and sizes: how fast a network is does not depend on what it learnt.</summary>
public class NetworkSizeBenchmarks
{
    private CovidCtModel? _model;
    private CtImage[] _images = [];

    /// <summary>Channel multiplier; 1 is the published network.</summary>
    [Params(0.5, 1.0)]
    public double Width { get; set; }

    /// <summary>Side of the input.</summary>
    [Params(160, 224)]
    public int Size { get; set; }

    /// <summary>Slices at once.</summary>
    [Params(1, 8)]
    public int Batch { get; set; }

    /// <summary>Float32 or int8.</summary>
    [Params(ModelPrecision.Float32, ModelPrecision.Int8)]
    public ModelPrecision Precision { get; set; }

    /// <summary>An untrained network as a model.</summary>
    internal static CovidCtModel Untrained(double width, int size, CovidCtModelOptions options, ModelPrecision precision)
    {
        TorchRuntime.EnsureLoaded();
        using var trained = CovidCtModel.LoadDefault();
        using var network = new ResidualAttentionNetwork(NetworkOptions.Attention56 with { Width = width, InputWidth = size, InputHeight = size });
        var contract = trained.Contract with
        {
            Name = "untrained",
            Preprocessing = trained.Preprocessing with { Width = size, Height = size },
            Training = null,
            Metrics = [],
            SeriesRule = null,
        };
        var model = CovidCtModel.Load(new MemoryStream(OnnxExporter.ToPredictGraph(network, contract).ToArray()), options, "untrained");
        if (precision == ModelPrecision.Float32)
        {
            return model;
        }

        using (model)
        {
            return ModelQuantizer.Quantize(model, Enumerable.Range(0, 4).Select(i => CtPhantom.Create(i).Image), new ModelQuantizationOptions { MeasuredSlices = 1 }).Load(options);
        }
    }

    /// <summary>Makes the model.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _model = Untrained(Width, Size, new CovidCtModelOptions { BatchSize = Batch }, Precision);
        _images = [.. Enumerable.Range(0, Batch).Select(i => CtPhantom.Create(i).Image)];
    }

    /// <summary>Releases it.</summary>
    [GlobalCleanup]
    public void Cleanup() => _model?.Dispose();

    /// <summary>Slices to probabilities.</summary>
    [Benchmark]
    public IReadOnlyList<CtPrediction> Predict() => _model!.Predict(_images);
}
