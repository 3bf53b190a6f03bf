namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Clip: slope 1 strictly between the bounds, else 0, as PyTorch has it for ReLU6. The bounds are inputs, in old files attributes.</summary>
internal static class ClipRule
{
    public static void Apply(GradientContext c)
    {
        c.RefuseGradientOf(1, "bounds");
        c.RefuseGradientOf(2, "bounds");
        var gradient = c.Gradient;
        if (Bound(c, 1, "min") is { } low)
        {
            gradient = Mask(c, gradient, "Greater", low);
        }

        if (Bound(c, 2, "max") is { } high)
        {
            gradient = Mask(c, gradient, "Less", high);
        }

        c.Contribute(0, gradient);
    }

    private static OnnxValue? Bound(GradientContext c, int input, string attribute) =>
        c.HasInput(input) ? c.Input(input)
        : c.Node.HasAttribute(attribute) ? c.Builder.Scalar(c.Node.GetSingle(attribute, 0), c.Input(0))
        : null;

    private static OnnxValue Mask(GradientContext c, OnnxValue gradient, string comparison, OnnxValue bound) =>
        c.Builder.Mul(gradient, c.Builder.Indicator(c.Builder.Node(comparison, [c.Input(0), bound]), gradient));
}
