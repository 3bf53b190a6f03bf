namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary><c>dx = dy * p * x^(p - 1)</c> for a constant exponent.</summary>
internal static class PowRule
{
    public static void Apply(GradientContext c)
    {
        c.RefuseGradientOf(1, "exponent");
        if (!c.Wants(0))
        {
            return;
        }

        var b = c.Builder;
        var x = c.Input(0);
        var slope = c.RequireConstant(1).ToDoubles() is [var exponent] ? Slope(c, exponent) : SlopePerElement(c);
        c.Contribute(0, b.SumTo(b.Mul(c.Gradient, slope), x));
    }

    private static OnnxValue Slope(GradientContext c, double exponent)
    {
        var b = c.Builder;
        var x = c.Input(0);
        // Products are exact to rounding and defined for negative x on every runtime.
        var power = exponent switch
        {
            2 => x,
            3 => b.Mul(x, x),
            _ => b.Node("Pow", [x, b.Scalar(exponent - 1, x)]),
        };
        return b.Mul(power, exponent);
    }

    private static OnnxValue SlopePerElement(GradientContext c)
    {
        var b = c.Builder;
        var exponents = c.RequireConstant(1);
        var values = exponents.ToDoubles();
        var type = c.Input(0).ElementType;
        var lower = b.ConstantOf(type, [.. values.Select(v => v - 1)], [.. exponents.Dimensions]);
        return b.Mul(b.Node("Pow", [c.Input(0), lower]), b.ConstantOf(type, values, [.. exponents.Dimensions]));
    }
}
