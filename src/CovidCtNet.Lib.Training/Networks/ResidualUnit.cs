using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Export;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Networks;

/// <summary>
/// Pre-activation bottleneck unit: y = F(x) + x, with F = BN, ReLU, 1x1, BN, ReLU, 3x3, BN, ReLU, 1x1
/// (He et al., "Identity Mappings in Deep Residual Networks", 2016, figure 4e). Convolutions have no bias.
/// </summary>
/// <remarks>[N, inChannels, H, W] to [N, outChannels, H/stride, W/stride], rounded up.</remarks>
internal sealed class ResidualUnit : nn.Module<Tensor, Tensor>
{
    internal readonly BatchNorm2d bn1;
    internal readonly Conv2d conv1;
    internal readonly BatchNorm2d bn2;
    internal readonly Conv2d conv2;
    internal readonly BatchNorm2d bn3;
    internal readonly Conv2d conv3;
    internal readonly Conv2d? projection;

    public ResidualUnit(string name, int inChannels, int outChannels, int stride = 1)
        : base(name)
    {
        var middle = outChannels / 4;
        bn1 = nn.BatchNorm2d(inChannels);
        conv1 = nn.Conv2d(inChannels, middle, 1, bias: false);
        bn2 = nn.BatchNorm2d(middle);
        conv2 = nn.Conv2d(middle, middle, 3, stride: stride, padding: 1, bias: false);
        bn3 = nn.BatchNorm2d(middle);
        conv3 = nn.Conv2d(middle, outChannels, 1, bias: false);
        if (inChannels != outChannels || stride != 1)
        {
            projection = nn.Conv2d(inChannels, outChannels, 1, stride: stride, bias: false);
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var activated = nn.functional.relu(bn1.call(x));

        // The identity is the raw input; a projection starts after the first BN and ReLU, as in the published network.
        var identity = projection is null ? x : projection.forward(activated);
        var y = conv1.forward(activated);                                        // C/4, H, W
        y = conv2.forward(nn.functional.relu(bn2.call(y)));                   // C/4, H/s, W/s
        y = conv3.forward(nn.functional.relu(bn3.call(y)));                   // C, H/s, W/s
        return (y + identity).MoveToOuterDisposeScope();
    }

    /// <summary>The same in ONNX.</summary>
    internal OnnxValue Emit(OnnxGraphBuilder graph, OnnxValue x, string name)
    {
        using var scope = graph.Scope(name);
        var activated = bn1.EmitActivated(graph, x, nameof(bn1));
        var identity = projection?.Emit(graph, activated, nameof(projection)) ?? x;
        var y = conv1.Emit(graph, activated, nameof(conv1));
        y = conv2.Emit(graph, bn2.EmitActivated(graph, y, nameof(bn2)), nameof(conv2));
        y = conv3.Emit(graph, bn3.EmitActivated(graph, y, nameof(bn3)), nameof(conv3));
        return graph.Add(y, identity, "sum");
    }
}
