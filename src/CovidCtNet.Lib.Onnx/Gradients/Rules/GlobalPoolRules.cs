namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Pooling over the whole image.</summary>
internal static class GlobalPoolRules
{
    /// <summary>Every pixel gets 1 / (h * w) of the gradient.</summary>
    public static void Average(GradientContext c)
    {
        var pixels = c.SpatialSizes(c.Input(0)).Aggregate(1L, (a, b) => a * b);
        c.Contribute(0, c.Builder.ExpandLike(c.Builder.Mul(c.Gradient, 1.0 / pixels), c.Input(0)));
    }

    public static void Max(GradientContext c)
    {
        var rank = c.Input(0).Shape.Count;
        ExtremumRules.Share(c, c.Output(), c.Gradient, [.. Enumerable.Range(2, rank - 2).Select(a => (long)a)]);
    }
}
