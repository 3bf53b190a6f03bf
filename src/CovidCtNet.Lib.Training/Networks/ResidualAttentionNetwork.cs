using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Networks;

/// <summary>
/// The Residual Attention Network (Wang et al., "Residual Attention Network for Image Classification", CVPR 2017, table 2) as COVID
/// CT-Net uses it (Yazdani et al., arXiv 2009.05096): Attention-56 with p = 1, t = 2, r = 1, following the authors' published
/// deploy file rather than later ports.
/// </summary>
/// <remarks>
/// Input [N, C, H, W] float32; output logits [N, 1] or [N, classes]. Shapes in comments are for width 1 and 224 x 224 pixels.
/// </remarks>
public sealed class ResidualAttentionNetwork : nn.Module<Tensor, Tensor>
{
    internal readonly Conv2d conv1;
    internal readonly BatchNorm2d bn1;
    internal readonly ModuleList<ResidualUnit> pre;
    internal readonly ModuleList<AttentionModule> attention;
    internal readonly Sequential post;
    internal readonly BatchNorm2d bn2;
    internal readonly Linear fc;

    /// <summary>Creates the network with fresh weights.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="seed">The same seed gives the same weights, whatever else draws random numbers in the process.</param>
    /// <exception cref="TorchNotAvailableException">No libtorch on this machine.</exception>
    public ResidualAttentionNetwork(NetworkOptions options, int seed = 1)
        : base(nameof(ResidualAttentionNetwork))
    {
        ArgumentNullException.ThrowIfNull(options);
        TorchRuntime.EnsureLoaded();
        Options = options;
        var b = options.BaseChannels;
        conv1 = nn.Conv2d(options.InputChannels, b, 7, stride: 2, padding: 3, bias: false);
        bn1 = nn.BatchNorm2d(b);
        pre = nn.ModuleList(
            new ResidualUnit("pre1", b, 4 * b),
            new ResidualUnit("pre2", 4 * b, 8 * b, stride: 2),
            new ResidualUnit("pre3", 8 * b, 16 * b, stride: 2));
        attention = nn.ModuleList(Enumerable.Range(1, 3).SelectMany(stage => Modules(stage, options)).ToArray());
        post = nn.Sequential(
            ("0", new ResidualUnit("post1", 16 * b, 32 * b, stride: 2)),
            ("1", new ResidualUnit("post2", 32 * b, 32 * b)),
            ("2", new ResidualUnit("post3", 32 * b, 32 * b)));
        bn2 = nn.BatchNorm2d(32 * b);
        fc = nn.Linear(32 * b, options.Outputs);
        RegisterComponents();
        Initialise(seed);
    }

    /// <summary>The shape of this network.</summary>
    public NetworkOptions Options { get; }

    /// <summary>Number of trained values (weights, biases, batch-normalisation scales and shifts).</summary>
    public long ParameterCount => parameters().Sum(p => p.numel());

    /// <inheritdoc/>
    public override Tensor forward(Tensor x) => Run(x, null);

    /// <summary>Logits and the soft masks of the attention modules, in order, each [N, C, H, W] in (0, 1).</summary>
    public (Tensor Logits, IReadOnlyList<Tensor> Masks) ForwardWithMasks(Tensor x)
    {
        var masks = new List<Tensor>();
        return (Run(x, masks), masks);
    }

    /// <summary>
    /// Logits, and the evidence of each cell of the last feature map, [N, outputs, H/32, W/32] rounded up: the classifier applied before
    /// the global average instead of after it, so that the logits are the evidence's mean (Zhou et al., arXiv 1512.04150, equation 2).
    /// </summary>
    internal (Tensor Logits, Tensor Evidence) ForwardWithEvidence(Tensor x)
    {
        Tensor? evidence = null;
        var logits = Run(x, null, (name, y) => evidence = name == "activated"
            ? nn.functional.conv2d(y, fc.weight.reshape(Options.Outputs, -1, 1, 1), fc.bias).MoveToOuterDisposeScope()
            : evidence);
        return (logits, evidence!);
    }

    /// <summary>
    /// Lays every convolution's weights out channels-last, which makes training on a CPU 1.2 to 1.4 times faster; values and
    /// shapes stay. Call it before an optimizer is made: the parameters are replaced.
    /// </summary>
    public void UseChannelsLast()
    {
        using var scope = NewDisposeScope();
        foreach (var conv in modules().OfType<Conv2d>())
        {
            using var noGrad = no_grad();
            // The clone keeps the strides and is no view: autograd refuses to change a view made without gradients in place.
            var laidOut = conv.weight.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).clone();
            conv.weight = new Parameter(laidOut.MoveToOuterDisposeScope());
        }
    }

    /// <summary>Takes stages out of the training: no gradients, and batch statistics that stay. Call it again after each <c>train()</c>.</summary>
    /// <param name="stages">As <c>TrainingOptions.FrozenStages</c>.</param>
    internal void Freeze(int stages)
    {
        if (stages == 0)
        {
            return;
        }

        var modules = (int stage) => Enumerable.Range(1, stage).Sum(Options.ModulesInStage);
        nn.Module[] frozen =
        [
            conv1, bn1, .. pre.Take(Math.Min(stages, 3)), .. attention.Take(modules(Math.Min(stages, 3))),
            .. stages == 4 ? (nn.Module[])[post, bn2] : [],
        ];
        foreach (var module in frozen)
        {
            module.eval();
            foreach (var parameter in module.parameters())
            {
                parameter.requires_grad = false;
            }
        }
    }

    internal Tensor Run(Tensor x, List<Tensor>? masks, Action<string, Tensor>? probe = null)
    {
        using var scope = NewDisposeScope();
        var y = nn.functional.relu(bn1.forward(conv1.forward(x)));          // 64, 112, 112
        probe?.Invoke("conv1", y);
        y = SoftMask.Pool(y);                                               // 64, 56, 56
        probe?.Invoke("pool", y);
        var next = 0;
        for (var stage = 1; stage <= 3; stage++)
        {
            y = pre[stage - 1].forward(y);                                  // 256, 56, 56 | 512, 28, 28 | 1024, 14, 14
            probe?.Invoke($"pre{stage}", y);
            for (var i = 0; i < Options.ModulesInStage(stage); i++)
            {
                y = attention[next++].Run(y, masks);
                probe?.Invoke($"attention{next}", y);
            }
        }

        y = post.forward(y);                                                // 2048, 7, 7
        probe?.Invoke("post", y);
        y = nn.functional.relu(bn2.forward(y));
        probe?.Invoke("activated", y);
        y = y.mean([2, 3]);                                                 // 2048
        probe?.Invoke("features", y);
        masks?.ForEach(m => m.MoveToOuterDisposeScope());
        return fc.forward(y).MoveToOuterDisposeScope();
    }

    private static IEnumerable<AttentionModule> Modules(int stage, NetworkOptions options) =>
        Enumerable.Range(1, options.ModulesInStage(stage)).Select(i => new AttentionModule(
            $"attention{stage}_{i}", options.BaseChannels * (2 << stage), options.Attention ? 4 - stage : 0));

    /// <summary>The same in ONNX: <paramref name="x"/> [N, C, H, W] to logits [N, outputs].</summary>
    internal OnnxValue Emit(OnnxGraphBuilder graph, OnnxValue x, string outputName)
    {
        var y = bn1.EmitActivated(graph, conv1.Emit(graph, x, nameof(conv1)), nameof(bn1));
        y = SoftMask.EmitPool(graph, y, "pool");
        var next = 0;
        for (var stage = 1; stage <= 3; stage++)
        {
            y = pre[stage - 1].Emit(graph, y, $"pre{stage}");
            for (var i = 0; i < Options.ModulesInStage(stage); i++)
            {
                y = attention[next++].Emit(graph, y, $"attention{next}");
            }
        }

        for (var i = 0; i < post.Count; i++)
        {
            y = ((ResidualUnit)post[i]).Emit(graph, y, $"post{i + 1}");
        }

        y = graph.Flatten(graph.GlobalAveragePool(bn2.EmitActivated(graph, y, nameof(bn2)), "pool_global"), name: "features");
        return fc.Emit(graph, y, outputName);
    }

    // He et al. 2015 (arXiv 1502.01852), equation 10, fan-out as in the residual networks' own code.
    private void Initialise(int seed)
    {
        using var noGrad = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (var conv in modules().OfType<Conv2d>())
        {
            var fanOut = conv.weight.shape[0] * conv.weight.shape[2] * conv.weight.shape[3];
            conv.weight.normal_(0, Math.Sqrt(2.0 / fanOut), generator);
        }

        fc.weight.normal_(0, 0.01, generator);
        fc.bias!.zero_();
    }
}
