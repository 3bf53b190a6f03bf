using CovidCtNet.Lib.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Networks;

/// <summary>
/// One attention module with p = 1, t = 2, r = 1: H(x) = (1 + M(x)) * T(x) (Wang et al., 2017, equation 3), between a residual
/// unit before and one after. [N, C, H, W] to the same shape.
/// </summary>
internal sealed class AttentionModule : nn.Module<Tensor, Tensor>
{
    internal readonly ResidualUnit before;
    internal readonly Sequential trunk;
    internal readonly SoftMask? mask;
    internal readonly ResidualUnit after;

    /// <summary>Creates the module.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="channels">Channels of input and output.</param>
    /// <param name="maskLevels">Poolings in the soft mask: 3, 2, 1 in the three stages; 0 leaves the mask out.</param>
    public AttentionModule(string name, int channels, int maskLevels)
        : base(name)
    {
        before = new ResidualUnit(nameof(before), channels, channels);
        trunk = nn.Sequential(("0", new ResidualUnit("trunk0", channels, channels)), ("1", new ResidualUnit("trunk1", channels, channels)));
        mask = maskLevels > 0 ? new SoftMask(nameof(mask), channels, maskLevels) : null;
        after = new ResidualUnit(nameof(after), channels, channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => Run(input, null);

    /// <summary>As <c>forward</c>; the soft mask, [N, C, H, W], is added to <paramref name="masks"/> where there is one.</summary>
    internal Tensor Run(Tensor input, List<Tensor>? masks)
    {
        using var scope = NewDisposeScope();
        var x = before.forward(input);
        var t = trunk.forward(x);
        if (mask is not null)
        {
            var m = mask.forward(x);             // from x, not from T(x)
            masks?.Add(m.MoveToOuterDisposeScope());
            t = (1 + m) * t;                     // equation 3
        }

        return after.forward(t).MoveToOuterDisposeScope();
    }

    /// <summary>The same in ONNX; the mask is the tensor <c>mask/values</c> of the scope.</summary>
    internal OnnxValue Emit(OnnxGraphBuilder graph, OnnxValue input, string name)
    {
        using var scope = graph.Scope(name);
        var x = before.Emit(graph, input, nameof(before));
        var t = ((ResidualUnit)trunk[1]).Emit(graph, ((ResidualUnit)trunk[0]).Emit(graph, x, "trunk0"), "trunk1");
        if (mask is not null)
        {
            OnnxValue m;
            using (graph.Scope(nameof(mask)))
            {
                m = mask.Emit(graph, x);
            }

            t = graph.Mul(graph.Add(m, graph.Initializer<float>("one", [1f]), "one_plus_mask"), t, "attended");
        }

        return after.Emit(graph, t, nameof(after));
    }
}
