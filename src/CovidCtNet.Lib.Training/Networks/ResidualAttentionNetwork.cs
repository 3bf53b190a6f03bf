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
public sealed class ResidualAttentionNetwork : CtNetwork
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
        : base(nameof(ResidualAttentionNetwork), options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TorchRuntime.EnsureLoaded();
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
        Initialise(fc, seed);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x) => Run(x, null);

    /// <summary>Logits and the soft masks of the attention modules, in order, each [N, C, H, W] in (0, 1).</summary>
    public (Tensor Logits, IReadOnlyList<Tensor> Masks) ForwardWithMasks(Tensor x)
    {
        var masks = new List<Tensor>();
        return (Run(x, masks), masks);
    }

    internal override (Tensor Logits, Tensor Evidence) ForwardWithEvidence(Tensor x)
    {
        Tensor? evidence = null;
        var logits = Run(x, null, (name, y) => evidence = name == "activated" ? EvidenceOf(y, fc).MoveToOuterDisposeScope() : evidence);
        return (logits, evidence!);
    }

    private protected override IEnumerable<nn.Module> Stages(int count)
    {
        var stages = Math.Min(count, 3);
        var modules = Enumerable.Range(1, stages).Sum(Options.ModulesInStage);
        return [conv1, bn1, .. pre.Take(stages), .. attention.Take(modules), .. count == 4 ? (nn.Module[])[post, bn2] : []];
    }

    internal Tensor Run(Tensor x, List<Tensor>? masks, Action<string, Tensor>? probe = null)
    {
        using var scope = NewDisposeScope();
        var y = nn.functional.relu(bn1.call(conv1.forward(Standardized(x)))); // 64, 112, 112
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
        y = nn.functional.relu(bn2.call(y));
        probe?.Invoke("activated", y);
        y = y.mean([2, 3]);                                                 // 2048
        probe?.Invoke("features", y);
        masks?.ForEach(m => m.MoveToOuterDisposeScope());
        return fc.forward(y).MoveToOuterDisposeScope();
    }

    private static IEnumerable<AttentionModule> Modules(int stage, NetworkOptions options) =>
        Enumerable.Range(1, options.ModulesInStage(stage)).Select(i => new AttentionModule(
            $"attention{stage}_{i}", options.BaseChannels * (2 << stage), options.Attention ? 4 - stage : 0));

    internal override OnnxValue Emit(OnnxGraphBuilder graph, OnnxValue x, string outputName)
    {
        var y = bn1.EmitActivated(graph, conv1.Emit(graph, EmitStandardized(graph, x), nameof(conv1)), nameof(bn1));
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
}
