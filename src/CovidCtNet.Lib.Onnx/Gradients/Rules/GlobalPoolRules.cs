namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Pooling over the whole image.</summary>
internal static class GlobalPoolRules
{
    /// <summary>Every pixel gets 1 / (h * w) of the gradient: a product with a plane of that constant, faster than spreading the gradient first.</summary>
    public static void Average(GradientContext c)
    {
        var sizes = c.SpatialSizes(c.Input(0));
        c.LimitConstant(sizes);
        var shares = new double[sizes.Aggregate(1L, (a, b) => a * b)];
        Array.Fill(shares, 1.0 / shares.Length);
        var product = c.Builder.Node("Mul", [c.Gradient, c.Builder.ConstantOf(c.Gradient.ElementType, shares, [1, 1, .. sizes])]);
        c.Contribute(0, c.Builder.Declare(product, c.Input(0)));
    }

    public static void Max(GradientContext c)
    {
        var rank = c.Input(0).Shape.Count;
        ExtremumRules.Share(c, c.Output(), c.Gradient, [.. Enumerable.Range(2, rank - 2).Select(a => (long)a)]);
    }
}
