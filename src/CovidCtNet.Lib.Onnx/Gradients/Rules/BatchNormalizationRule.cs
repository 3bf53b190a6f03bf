namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Batch normalisation of inference is linear: <c>dx = dy * scale / sqrt(variance + epsilon)</c>.</summary>
internal static class BatchNormalizationRule
{
    public static void Apply(GradientContext c)
    {
        if (c.Node.GetInteger("training_mode", 0) != 0)
        {
            throw c.Unsupported("is in training mode; export the model for inference");
        }

        for (var i = 1; i < 5; i++)
        {
            c.RefuseGradientOf(i, "statistics");
        }

        var scale = c.RequireConstant(1).ToDoubles();
        var variance = c.RequireConstant(4).ToDoubles();
        double epsilon = c.Node.GetSingle("epsilon", 1e-5f);
        var factors = new double[scale.Length];
        for (var i = 0; i < factors.Length; i++)
        {
            factors[i] = scale[i] / Math.Sqrt(variance[i] + epsilon);
        }

        var x = c.Input(0);
        long[] perChannel = [1, factors.Length, .. Enumerable.Repeat(1L, Math.Max(0, x.Shape.Count - 2))];
        c.Contribute(0, c.Builder.Mul(c.Gradient, c.Builder.ConstantOf(x.ElementType, factors, perChannel)));
    }
}
