namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Sums, means and norms over axes, given as an attribute or an input.</summary>
internal static class ReductionRules
{
    public static void Sum(GradientContext c) => Spread(c, mean: false);

    public static void Mean(GradientContext c) => Spread(c, mean: true);

    /// <summary><c>dx = dy * sign(x)</c>.</summary>
    public static void L1(GradientContext c) => Times(c, (x, _) => c.Builder.Node("Sign", [x]));

    /// <summary><c>dx = dy * x / y</c>, and 0 where everything is 0, as in PyTorch.</summary>
    public static void L2(GradientContext c) => Times(c, (x, y) =>
    {
        var b = c.Builder;
        return b.Div(x, b.Node("Where", [b.Node("Greater", [y, b.Scalar(0, y)]), y, b.Scalar(1, y)]));
    });

    public static void SumSquare(GradientContext c) => Times(c, (x, _) => c.Builder.Mul(x, 2));

    /// <summary><c>dx = dy * exp(x - y)</c>.</summary>
    public static void LogSumExp(GradientContext c) => Times(c, (x, y) => c.Builder.Node("Exp", [c.Builder.Sub(x, y)]));

    /// <summary>Axes of a reduction, from 0; all where none are given.</summary>
    public static long[] Axes(GradientContext c)
    {
        var rank = c.Input(0).Shape.Count;
        if (c.HasInput(1) && c.Integers(1) is null)
        {
            throw c.Unsupported("its axes must be constant");
        }

        var axes = c.Node.GetIntegers("axes") ?? c.Integers(1) ?? [];
        return axes.Length > 0 ? [.. axes.Select(a => (long)c.Axis(a, rank))]
            : c.Node.GetInteger("noop_with_empty_axes", 0) != 0 ? []
            : [.. Enumerable.Range(0, rank).Select(a => (long)a)];
    }

    /// <summary>Shape of the input with the axes reduced to 1.</summary>
    public static OnnxShape KeptShape(GradientContext c, long[] axes) =>
        OnnxShape.Create([.. c.Input(0).Shape.Select((d, a) => axes.Contains(a) ? 1 : d)]);

    private static void Spread(GradientContext c, bool mean)
    {
        c.RefuseGradientOf(1, "axes");
        var x = c.Input(0);
        var axes = Axes(c);
        if (mean && axes.Length > 0)
        {
            c.Contribute(0, c.Builder.ExpandLike(c.Builder.Mul(Kept(c, axes), 1.0 / Count(c, x, axes)), x));
            return;
        }

        c.Contribute(0, axes.Length == 0 ? c.Gradient : c.Builder.ExpandLike(Kept(c, axes), x));
    }

    /// <summary>The slope is of the input and of the result, which keeps its axes.</summary>
    private static void Times(GradientContext c, Func<OnnxValue, OnnxValue, OnnxValue> slope)
    {
        c.RefuseGradientOf(1, "axes");
        var kept = KeptShape(c, Axes(c));
        c.Contribute(0, c.Builder.Mul(slope(c.Input(0), c.Builder.ReshapeTo(c.Output(), kept)), c.Builder.ReshapeTo(c.Gradient, kept)));
    }

    private static OnnxValue Kept(GradientContext c, long[] axes) => c.Builder.ReshapeTo(c.Gradient, KeptShape(c, axes));

    private static long Count(GradientContext c, OnnxValue x, long[] axes) =>
        OnnxShape.Create([.. axes.Select(a => x.Shape[(int)a])]).ElementCount
        ?? throw c.Shape($"the sizes of {x.Shape} along the axes of the mean must be fixed");
}
