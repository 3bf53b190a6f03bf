namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Rectifiers. At 0 the slope is that of the negative side, as in PyTorch.</summary>
internal static class RectifierRules
{
    /// <summary>The result is positive exactly where the slope is 1, and is there also where runtimes join the rectifier to what comes before it.</summary>
    public static void Relu(GradientContext c) =>
        c.Contribute(0, Where(c, c.Output(), c.Builder.Scalar(0, c.Gradient)));

    public static void LeakyRelu(GradientContext c)
    {
        var alpha = c.Node.GetSingle("alpha", 0.01f);
        c.Contribute(0, Choose(c, c.Builder.Mul(c.Gradient, alpha)));
    }

    public static void PRelu(GradientContext c)
    {
        c.RefuseGradientOf(1, "slope");
        c.Contribute(0, Choose(c, c.Builder.Mul(c.Gradient, c.Input(1))));
    }

    /// <summary>Below 0 the result is <c>alpha * (exp(x) - 1)</c>, whose derivative is <c>y + alpha</c>.</summary>
    public static void Elu(GradientContext c)
    {
        var alpha = c.Node.GetSingle("alpha", 1);
        var slope = c.Builder.Add(c.Output(), c.Builder.Scalar(alpha, c.Output()));
        c.Contribute(0, Choose(c, c.Builder.Mul(c.Gradient, slope)));
    }

    /// <summary>Below 0 the result is <c>alpha * (exp(x / alpha) - 1)</c>, whose derivative is <c>y / alpha + 1</c>.</summary>
    public static void Celu(GradientContext c)
    {
        var slope = c.Builder.Add(c.Builder.Mul(c.Output(), 1.0 / c.Node.GetSingle("alpha", 1)), c.Builder.Scalar(1, c.Output()));
        c.Contribute(0, Choose(c, c.Builder.Mul(c.Gradient, slope)));
    }

    /// <summary><c>gamma * x</c>, below 0 <c>gamma * alpha * (exp(x) - 1)</c>, whose derivative is <c>y + gamma * alpha</c>; the defaults are the standard's.</summary>
    public static void Selu(GradientContext c)
    {
        double gamma = c.Node.GetSingle("gamma", 1.0507009873554805f);
        double alpha = c.Node.GetSingle("alpha", 1.6732632423543772f);
        var below = c.Builder.Add(c.Output(), c.Builder.Scalar(gamma * alpha, c.Output()));
        c.Contribute(0, Where(c, c.Input(0), c.Builder.Mul(c.Gradient, gamma), c.Builder.Mul(c.Gradient, below)));
    }

    public static void ThresholdedRelu(GradientContext c) => c.Contribute(0, Where(c, c.Output(), c.Builder.Scalar(0, c.Gradient)));

    private static OnnxValue Choose(GradientContext c, OnnxValue below) => Where(c, c.Input(0), below);

    private static OnnxValue Where(GradientContext c, OnnxValue positive, OnnxValue below) => Where(c, positive, c.Gradient, below);

    private static OnnxValue Where(GradientContext c, OnnxValue positive, OnnxValue above, OnnxValue below) =>
        c.Builder.Node("Where", [c.Builder.Node("Greater", [positive, c.Builder.Scalar(0, positive)]), above, below]);
}
