namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Operators that hand the gradient on, or have none.</summary>
internal static class PassThroughRules
{
    public static void Identity(GradientContext c) => c.Contribute(0, c.Gradient);

    /// <summary>In inference dropout is the identity.</summary>
    public static void Dropout(GradientContext c)
    {
        if (c.HasInput(2) && (c.Constant(2) is not { } training || training.GetBytes().Span is not [0]))
        {
            throw c.Unsupported("is in training mode, where it is random; export the model for inference");
        }

        c.Contribute(0, c.Gradient);
    }

    /// <summary>Between floating-point types the gradient is cast back; to integers there is none.</summary>
    public static void Cast(GradientContext c)
    {
        var from = c.Input(0).ElementType;
        if (GradientMath.IsFloating(from) && GradientMath.IsFloating(c.Output().ElementType))
        {
            c.Contribute(0, c.Builder.Node("Cast", [c.Gradient], [OnnxAttribute.Of("to", (long)from)]));
        }
    }

    /// <summary>Rounding and signs are flat: they hand nothing on.</summary>
    public static void Flat(GradientContext c) => _ = c.Node;
}
