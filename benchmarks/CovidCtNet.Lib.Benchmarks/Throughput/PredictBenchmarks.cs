using BenchmarkDotNet.Attributes;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>The default model, preprocessing included.</summary>
public class PredictBenchmarks
{
    private CovidCtModel? _model;
    private CtImage[] _images = [];

    /// <summary>Slices at once.</summary>
    [Params(1, 8)]
    public int Batch { get; set; }

    /// <summary>Which default model.</summary>
    [Params(ModelPrecision.Float32, ModelPrecision.Int8)]
    public ModelPrecision Precision { get; set; }

    /// <summary>What runs it.</summary>
    [ParamsSource(nameof(Providers))]
    public CtExecutionProvider Provider { get; set; }

    /// <summary>The CPU, and the GPU providers that this build has.</summary>
    public static IEnumerable<CtExecutionProvider> Providers
    {
        get
        {
            var available = OrtEnv.Instance().GetAvailableProviders();
            yield return CtExecutionProvider.Cpu;
            if (available.Contains("CUDAExecutionProvider"))
            {
                yield return CtExecutionProvider.Cuda;
            }

            if (available.Contains("TensorrtExecutionProvider"))
            {
                yield return CtExecutionProvider.TensorRt;
            }
        }
    }

    /// <summary>Loads the model.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _model = CovidCtModel.LoadDefault(new CovidCtModelOptions { Precision = Precision, BatchSize = Batch, Provider = Provider });
        _images = [.. Enumerable.Range(0, Batch).Select(i => CtPhantom.Create(i).Image)];
    }

    /// <summary>Releases it.</summary>
    [GlobalCleanup]
    public void Cleanup() => _model?.Dispose();

    /// <summary>Slices to probabilities.</summary>
    [Benchmark]
    public IReadOnlyList<CtPrediction> Predict() => _model!.Predict(_images);
}
