using BenchmarkDotNet.Attributes;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Networks;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>Forward, backward and optimiser step of an untrained network on random slices.</summary>
public class TrainingBenchmarks : IDisposable
{
    private ResidualAttentionNetwork? _network;
    private optim.Optimizer? _optimizer;
    private Tensor? _slices;
    private Tensor? _labels;

    /// <summary>Slices of a step.</summary>
    [Params(16)]
    public int Batch { get; set; }

    /// <summary>Channel multiplier.</summary>
    [Params(0.25)]
    public double Width { get; set; }

    /// <summary>Makes network and slices.</summary>
    [GlobalSetup]
    public void Setup()
    {
        TorchRuntime.EnsureLoaded();
        random.manual_seed(1);
        _network = new ResidualAttentionNetwork(NetworkOptions.Attention56 with { Width = Width, InputWidth = 160, InputHeight = 160 });
        _network.train();
        _optimizer = optim.AdamW(_network.parameters());
        _slices = randn(Batch, 1, 160, 160);
        _labels = randint(2, [Batch, 1]).to(ScalarType.Float32);
    }

    /// <summary>Releases them.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _optimizer?.Dispose();
        _network?.Dispose();
        _slices?.Dispose();
        _labels?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>One step.</summary>
    [Benchmark]
    public float Step()
    {
        using var scope = NewDisposeScope();
        _optimizer!.zero_grad();
        var loss = nn.functional.binary_cross_entropy_with_logits(_network!.forward(_slices!), _labels!);
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }
}
