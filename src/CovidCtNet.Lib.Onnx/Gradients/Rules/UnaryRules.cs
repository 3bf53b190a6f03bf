namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Functions of one variable, element by element.</summary>
internal static class UnaryRules
{
    public static void Abs(GradientContext c) => Times(c, c.Builder.Node("Sign", [c.Input(0)]));

    public static void Neg(GradientContext c) => c.Contribute(0, c.Builder.Node("Neg", [c.Gradient]));

    public static void Exp(GradientContext c) => Times(c, c.Output());

    public static void Log(GradientContext c) => c.Contribute(0, c.Builder.Div(c.Gradient, c.Input(0)));

    /// <summary><c>dx = dy / (2 * y)</c>.</summary>
    public static void Sqrt(GradientContext c) => c.Contribute(0, c.Builder.Div(c.Builder.Mul(c.Gradient, 0.5), c.Output()));

    /// <summary><c>dx = -dy * y^2</c>.</summary>
    public static void Reciprocal(GradientContext c) => Times(c, c.Builder.Node("Neg", [c.Builder.Mul(c.Output(), c.Output())]));

    /// <summary><c>dx = dy * (1 - y^2)</c>.</summary>
    public static void Tanh(GradientContext c)
    {
        var y = c.Output();
        Times(c, c.Builder.Sub(c.Builder.Scalar(1, y), c.Builder.Mul(y, y)));
    }

    /// <summary><c>dx = dy * 2 / sqrt(pi) * exp(-x^2)</c>.</summary>
    public static void Erf(GradientContext c)
    {
        var b = c.Builder;
        var x = c.Input(0);
        Times(c, b.Mul(b.Node("Exp", [b.Node("Neg", [b.Mul(x, x)])]), 2 / Math.Sqrt(Math.PI)));
    }

    /// <summary><c>log(1 + exp(x))</c>, whose derivative is the sigmoid.</summary>
    public static void Softplus(GradientContext c) => Times(c, c.Builder.Sigmoid(c.Input(0)));

    public static void Sin(GradientContext c) => Times(c, c.Builder.Node("Cos", [c.Input(0)]));

    public static void Cos(GradientContext c) => Times(c, c.Builder.Node("Neg", [c.Builder.Node("Sin", [c.Input(0)])]));

    /// <summary><c>dx = dy / (1 + x^2)</c>.</summary>
    public static void Atan(GradientContext c)
    {
        var x = c.Input(0);
        c.Contribute(0, c.Builder.Div(c.Gradient, c.Builder.Add(c.Builder.Mul(x, x), c.Builder.Scalar(1, x))));
    }

    /// <summary><c>x / (1 + |x|)</c>, whose derivative is <c>(1 - |y|)^2</c>.</summary>
    public static void Softsign(GradientContext c)
    {
        var rest = c.Builder.Sub(c.Builder.Scalar(1, c.Gradient), c.Builder.Node("Abs", [c.Output()]));
        Times(c, c.Builder.Mul(rest, rest));
    }

    /// <summary><c>x * t</c> with <c>t = tanh(softplus(x))</c> (Misra, arXiv 1908.08681), whose derivative is <c>t + x * (1 - t^2) * sigmoid(x)</c>.</summary>
    public static void Mish(GradientContext c)
    {
        var b = c.Builder;
        var x = c.Input(0);
        var t = b.Node("Tanh", [b.Node("Softplus", [x])]);
        Times(c, b.Add(t, b.Mul(b.Mul(x, b.Sigmoid(x)), b.Sub(b.Scalar(1, x), b.Mul(t, t)))));
    }

    private static void Times(GradientContext c, OnnxValue slope) => c.Contribute(0, c.Builder.Mul(c.Gradient, slope));
}
