using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Networks;

/// <summary>
/// The baseline of baselines: four times 3x3 convolution, BN, ReLU, 2x2 maximum, with 64, 128, 256 and 512 channels at width 1, then
/// the global average and the classifier.
/// </summary>
internal sealed class SmallConvolutionalNetwork : CtNetwork
{
    private const int Blocks = 4;

    internal readonly ModuleList<Conv2d> convolutions;
    internal readonly ModuleList<BatchNorm2d> normalisations;
    internal readonly Linear fc;

    public SmallConvolutionalNetwork(NetworkOptions options, int seed)
        : base(nameof(SmallConvolutionalNetwork), options)
    {
        TorchRuntime.EnsureLoaded();
        var b = options.BaseChannels;
        convolutions = nn.ModuleList(Enumerable.Range(0, Blocks).Select(i => nn.Conv2d(i == 0 ? options.InputChannels : b << (i - 1), b << i, 3, padding: 1, bias: false)).ToArray());
        normalisations = nn.ModuleList(Enumerable.Range(0, Blocks).Select(i => nn.BatchNorm2d(b << i)).ToArray());
        fc = nn.Linear(b << (Blocks - 1), options.Outputs);
        RegisterComponents();
        Initialise(fc, seed);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return fc.forward(Features(input).mean([2, 3])).MoveToOuterDisposeScope();
    }

    internal override (Tensor Logits, Tensor Evidence) ForwardWithEvidence(Tensor x)
    {
        using var scope = NewDisposeScope();
        var features = Features(x);
        return (fc.forward(features.mean([2, 3])).MoveToOuterDisposeScope(), EvidenceOf(features, fc).MoveToOuterDisposeScope());
    }

    internal override OnnxValue Emit(OnnxGraphBuilder graph, OnnxValue x, string outputName)
    {
        var y = EmitStandardized(graph, x);
        for (var i = 0; i < Blocks; i++)
        {
            y = normalisations[i].EmitActivated(graph, convolutions[i].Emit(graph, y, $"conv{i + 1}"), $"bn{i + 1}");
            y = graph.MaxPool(y, [2, 2], [2, 2], name: $"pool{i + 1}");
        }

        return fc.Emit(graph, graph.Flatten(graph.GlobalAveragePool(y, "pool_global"), name: "features"), outputName);
    }

    private protected override IEnumerable<nn.Module> Stages(int count) => convolutions.Take(count).Cast<nn.Module>().Concat(normalisations.Take(count));

    private Tensor Features(Tensor x)
    {
        x = Standardized(x);
        for (var i = 0; i < Blocks; i++)
        {
            x = nn.functional.max_pool2d(nn.functional.relu(normalisations[i].forward(convolutions[i].forward(x))), 2);
        }

        return x;
    }
}
