using BenchmarkDotNet.Attributes;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>Maps by covering parts of a slice.</summary>
public class OcclusionBenchmarks
{
    private readonly CtImage _image = CtPhantom.Create(1).Image;
    private CovidCtModel? _model;

    /// <summary>How windows are chosen.</summary>
    [Params(OcclusionMode.Exact, OcclusionMode.Fast)]
    public OcclusionMode Mode { get; set; }

    /// <summary>Loads the model.</summary>
    [GlobalSetup]
    public void Setup() => _model = CovidCtModel.LoadDefault();

    /// <summary>Releases it.</summary>
    [GlobalCleanup]
    public void Cleanup() => _model?.Dispose();

    /// <summary>One slice.</summary>
    [Benchmark]
    public AttentionMap Occlusion() => _model!.Explain(_image, AttentionMethod.Occlusion, new ExplainOptions { Occlusion = new() { Mode = Mode } });
}
