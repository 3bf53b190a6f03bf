using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Export;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Networks;

/// <summary>
/// The soft mask branch M(x) of an attention module (Wang et al., 2017, section 3.2 and figure 2): down by max pooling, two units at
/// the bottom, up by aligned bilinear interpolation with skip units between the halves, two 1x1 convolutions, sigmoid.
/// </summary>
/// <remarks>
/// [N, C, H, W] to [N, C, H, W] in (0, 1): mixed attention (equation 4), one weight per channel and pixel. With 3 levels and
/// H = 56: 56 → 28 → 14 → 7 → 14 → 28 → 56.
/// </remarks>
internal sealed class SoftMask : nn.Module<Tensor, Tensor>
{
    internal readonly ModuleList<ResidualUnit> down;   // after each pool but the last: sizes H/2, H/4, …
    internal readonly ModuleList<ResidualUnit> skip;   // one for each of down, at the same size
    internal readonly Sequential bottom;               // two units at H/2^levels
    internal readonly ModuleList<ResidualUnit> up;     // one for each of down, deepest first
    internal readonly BatchNorm2d bn1;
    internal readonly Conv2d conv1;
    internal readonly BatchNorm2d bn2;
    internal readonly Conv2d conv2;

    public SoftMask(string name, int channels, int levels)
        : base(name)
    {
        down = Units("down", channels, levels - 1);
        skip = Units("skip", channels, levels - 1);
        bottom = nn.Sequential(("0", new ResidualUnit("bottom0", channels, channels)), ("1", new ResidualUnit("bottom1", channels, channels)));
        up = Units("up", channels, levels - 1);
        bn1 = nn.BatchNorm2d(channels);
        conv1 = nn.Conv2d(channels, channels, 1, bias: false);
        bn2 = nn.BatchNorm2d(channels);
        conv2 = nn.Conv2d(channels, channels, 1, bias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var skips = new List<Tensor>();
        var sizes = new List<(long Height, long Width)> { (x.shape[2], x.shape[3]) };
        var y = x;
        for (var level = 0; level < down.Count; level++)
        {
            y = down[level].forward(Pool(y));
            skips.Add(skip[level].forward(y));
            sizes.Add((y.shape[2], y.shape[3]));
        }

        y = bottom.forward(Pool(y));
        for (var level = down.Count - 1; level >= 0; level--)
        {
            y = UpSample(y, sizes[level + 1]) + skips[level];
            y = up[down.Count - 1 - level].forward(y);
        }

        y = UpSample(y, sizes[0]);
        y = conv1.forward(nn.functional.relu(bn1.call(y)));
        y = conv2.forward(nn.functional.relu(bn2.call(y)));
        return y.sigmoid().MoveToOuterDisposeScope();
    }

    /// <summary>The same in ONNX, at the spatial size of <paramref name="x"/>.</summary>
    internal OnnxValue Emit(OnnxGraphBuilder graph, OnnxValue x)
    {
        var skips = new List<OnnxValue>();
        var sizes = new List<OnnxValue> { x };
        var y = x;
        for (var level = 0; level < down.Count; level++)
        {
            y = down[level].Emit(graph, EmitPool(graph, y, $"pool{level}"), $"down{level}");
            skips.Add(skip[level].Emit(graph, y, $"skip{level}"));
            sizes.Add(y);
        }

        y = EmitPool(graph, y, "pool_bottom");
        y = ((ResidualUnit)bottom[1]).Emit(graph, ((ResidualUnit)bottom[0]).Emit(graph, y, "bottom0"), "bottom1");
        for (var level = down.Count - 1; level >= 0; level--)
        {
            y = graph.Add(EmitUpSample(graph, y, sizes[level + 1], $"upsample{level + 1}"), skips[level], $"join{level}");
            y = up[down.Count - 1 - level].Emit(graph, y, $"up{level}");
        }

        y = EmitUpSample(graph, y, sizes[0], "upsample0");
        y = conv1.Emit(graph, bn1.EmitActivated(graph, y, nameof(bn1)), nameof(conv1));
        y = conv2.Emit(graph, bn2.EmitActivated(graph, y, nameof(bn2)), nameof(conv2));
        return graph.Sigmoid(y, "values");
    }

    internal static OnnxValue EmitPool(OnnxGraphBuilder graph, OnnxValue x, string name) => graph.MaxPool(x, [3, 3], [2, 2], ceilMode: true, name: name);

    /// <summary>Unpadded 3x3 maximum at stride 2, rounded up: 56 gives 28, as in the published prototxt.</summary>
    internal static Tensor Pool(Tensor x) => nn.functional.max_pool2d(x, 3, 2, padding: 0, ceil_mode: true);

    private static Tensor UpSample(Tensor x, (long Height, long Width) size) =>
        nn.functional.interpolate(x, [size.Height, size.Width], mode: InterpolationMode.Bilinear, align_corners: true);

    private static OnnxValue EmitUpSample(OnnxGraphBuilder graph, OnnxValue x, OnnxValue like, string name) =>
        graph.Resize(x, (int)like.Shape[2].Value!.Value, (int)like.Shape[3].Value!.Value, ResizeCoordinates.AlignCorners, name);

    private static ModuleList<ResidualUnit> Units(string name, int channels, int count) =>
        nn.ModuleList(Enumerable.Range(0, count).Select(i => new ResidualUnit($"{name}{i}", channels, channels)).ToArray());
}
