namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>The sigmoid and its piecewise linear relatives.</summary>
internal static class SigmoidRules
{
    /// <summary><c>dx = dy * y * (1 - y)</c>.</summary>
    public static void Sigmoid(GradientContext c)
    {
        var b = c.Builder;
        var y = c.Output();
        c.Contribute(0, b.Mul(c.Gradient, b.Mul(y, b.Sub(b.Scalar(1, y), y))));
    }

    /// <summary>Slope alpha where <c>alpha * x + beta</c> lies strictly between 0 and 1.</summary>
    public static void HardSigmoid(GradientContext c) =>
        c.Contribute(0, c.Builder.Mul(c.Gradient, Slope(c, c.Output(), c.Node.GetSingle("alpha", 0.2f))));

    /// <summary>The result is <c>x * h(x)</c> with h the hard sigmoid of alpha 1/6 and beta 1/2: <c>dx = dy * (h + x * h')</c>.</summary>
    public static void HardSwish(GradientContext c)
    {
        var b = c.Builder;
        var x = c.Input(0);
        const float Alpha = 1f / 6;
        var h = b.Node("HardSigmoid", [x], [OnnxAttribute.Of("alpha", Alpha), OnnxAttribute.Of("beta", 0.5f)]);
        c.Contribute(0, b.Mul(c.Gradient, b.Add(h, b.Mul(x, Slope(c, h, Alpha)))));
    }

    private static OnnxValue Slope(GradientContext c, OnnxValue y, double alpha)
    {
        var b = c.Builder;
        var above = b.Node("Greater", [y, b.Scalar(0, y)]);
        var below = b.Node("Less", [y, b.Scalar(1, y)]);
        return b.Mul(b.Indicator(b.Node("And", [above, below]), y), alpha);
    }
}
