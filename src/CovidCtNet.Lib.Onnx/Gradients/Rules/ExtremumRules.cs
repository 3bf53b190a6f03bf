namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Maximum and minimum. Equal elements share the gradient.</summary>
internal static class ExtremumRules
{
    /// <summary>Of operands, element by element.</summary>
    public static void Pairwise(GradientContext c)
    {
        var b = c.Builder;
        List<OnnxValue> masks = [];
        for (var i = 0; i < c.InputCount; i++)
        {
            masks.Add(b.Indicator(b.Node("Equal", [c.Input(i), c.Output()]), c.Gradient));
        }

        var share = b.Div(c.Gradient, masks.Aggregate((a, m) => b.Add(a, m)));
        for (var i = 0; i < c.InputCount; i++)
        {
            if (c.Wants(i))
            {
                c.Contribute(i, b.SumTo(b.Mul(share, masks[i]), c.Input(i)));
            }
        }
    }

    /// <summary>Over axes.</summary>
    public static void Reduction(GradientContext c)
    {
        c.RefuseGradientOf(1, "axes");
        var axes = ReductionRules.Axes(c);
        var kept = ReductionRules.KeptShape(c, axes);
        Share(c, c.Builder.ReshapeTo(c.Output(), kept), c.Builder.ReshapeTo(c.Gradient, kept), axes);
    }

    /// <summary>Hands the gradient to the elements that equal the extremum.</summary>
    /// <param name="c">The node.</param>
    /// <param name="extremum">Result, its axes kept.</param>
    /// <param name="gradient">Gradient of the result, its axes kept.</param>
    /// <param name="axes">Axes over which the extremum was taken.</param>
    public static void Share(GradientContext c, OnnxValue extremum, OnnxValue gradient, long[] axes)
    {
        var b = c.Builder;
        var mask = b.Indicator(b.Node("Equal", [c.Input(0), extremum]), gradient);
        c.Contribute(0, b.Mul(mask, b.Div(gradient, b.ReduceSum(mask, axes))));
    }
}
