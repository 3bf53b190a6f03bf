namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Sum and mean over axes, given as an attribute or an input.</summary>
internal static class ReductionRules
{
    public static void Sum(GradientContext c) => Spread(c, mean: false);

    public static void Mean(GradientContext c) => Spread(c, mean: true);

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

    private static OnnxValue Kept(GradientContext c, long[] axes) => c.Builder.ReshapeTo(c.Gradient, KeptShape(c, axes));

    private static long Count(GradientContext c, OnnxValue x, long[] axes) =>
        OnnxShape.Create([.. axes.Select(a => x.Shape[(int)a])]).ElementCount
        ?? throw c.Shape($"the sizes of {x.Shape} along the axes of the mean must be fixed");
}
