namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>The Gaussian error linear unit as one operator (operator set 20), exact or by the tanh approximation (arXiv 1606.08415).</summary>
internal static class GeluRule
{
    public static void Apply(GradientContext c) =>
        c.Contribute(0, c.Builder.Mul(c.Gradient, c.Node.GetText("approximate", "none") == "tanh" ? TanhSlope(c) : ExactSlope(c)));

    /// <summary><c>Phi(x) + x * phi(x)</c>: distribution and density of the standard normal.</summary>
    private static OnnxValue ExactSlope(GradientContext c)
    {
        var b = c.Builder;
        var x = c.Input(0);
        var distribution = b.Mul(b.Add(b.Node("Erf", [b.Mul(x, 1 / Math.Sqrt(2))]), b.Scalar(1, x)), 0.5);
        var density = b.Mul(b.Node("Exp", [b.Mul(b.Mul(x, x), -0.5)]), 1 / Math.Sqrt(2 * Math.PI));
        return b.Add(distribution, b.Mul(x, density));
    }

    /// <summary>With <c>t = tanh(k * (x + a * x^3))</c>: <c>(1 + t) / 2 + x / 2 * (1 - t^2) * k * (1 + 3 a x^2)</c>.</summary>
    private static OnnxValue TanhSlope(GradientContext c)
    {
        const double A = 0.044715;
        var k = Math.Sqrt(2 / Math.PI);
        var b = c.Builder;
        var x = c.Input(0);
        var one = b.Scalar(1, x);
        var square = b.Mul(x, x);
        var t = b.Node("Tanh", [b.Mul(b.Mul(x, b.Add(one, b.Mul(square, A))), k)]);
        var inner = b.Mul(b.Add(one, b.Mul(square, 3 * A)), k);
        var curve = b.Mul(b.Mul(x, 0.5), b.Mul(b.Sub(one, b.Mul(t, t)), inner));
        return b.Add(b.Mul(b.Add(one, t), 0.5), curve);
    }
}
