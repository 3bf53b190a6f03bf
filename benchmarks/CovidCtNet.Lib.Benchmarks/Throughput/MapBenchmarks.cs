using BenchmarkDotNet.Attributes;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>Maps of model attention that cost one run.</summary>
public class MapBenchmarks
{
    private static readonly AttentionMethod[] Both = [AttentionMethod.GradCam, AttentionMethod.GradCamPlusPlus];
    private CovidCtModel? _model;
    private CtImage[] _images = [];

    /// <summary>Slices at once.</summary>
    [Params(1, 8)]
    public int Batch { get; set; }

    /// <summary>Loads the model and makes the explaining graph.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _model = CovidCtModel.LoadDefault();
        _images = [.. Enumerable.Range(0, Batch).Select(i => CtPhantom.Create(i).Image)];
        _model.Explainer.Explain(_images, Both);
    }

    /// <summary>Releases the model.</summary>
    [GlobalCleanup]
    public void Cleanup() => _model?.Dispose();

    /// <summary>Grad-CAM and Grad-CAM++ of one run.</summary>
    [Benchmark]
    public object GradCamAndPlusPlus() => _model!.Explainer.Explain(_images, Both);

    /// <summary>The default map: class activation of four layers, joined.</summary>
    [Benchmark]
    public object Joined() => _model!.Explainer.Explain(_images, [AttentionMethod.FusedGradCam]);

    /// <summary>The masks of the network itself.</summary>
    [Benchmark]
    public object AttentionMask() => _model!.Explainer.Explain(_images, [AttentionMethod.AttentionMask]);
}
