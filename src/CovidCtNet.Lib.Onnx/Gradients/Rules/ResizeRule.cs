namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Resampling is linear and works axis by axis: each axis of the gradient is multiplied by the transposed interpolation matrix.</summary>
internal static class ResizeRule
{
    public static void Apply(GradientContext c)
    {
        for (var i = 1; i < 4; i++)
        {
            c.RefuseGradientOf(i, "scales or sizes");
        }

        var from = c.Input(0).Shape;
        var to = c.Output().Shape;
        var scales = Scales(c, from.Count);
        var gradient = c.Gradient;
        for (var axis = 0; axis < from.Count; axis++)
        {
            if (from[axis] == to[axis] && from[axis] != OnnxDimension.Unknown && (scales is null || scales[axis] == 1))
            {
                continue;
            }

            if (from[axis].Value is not { } size || to[axis].Value is not { } resized)
            {
                throw c.Shape($"axis {axis} of {from} must be fixed");
            }

            // Where sizes are given the scale is their quotient, in 32 bits as runtimes have it.
            var scale = scales?[axis] ?? (float)resized / size;
            gradient = c.Builder.MultiplyAxis(gradient, axis, Interpolation.Matrix(c, size, resized, scale));
        }

        c.Contribute(0, gradient);
    }

    private static float[]? Scales(GradientContext c, int rank)
    {
        if (c.HasInput(3) && c.Input(3).Shape.ElementCount != 0)
        {
            return null;
        }

        var given = c.RequireConstant(2).ToSingles();
        if (c.Node.GetIntegers("axes") is not { } axes)
        {
            return given;
        }

        var scales = new float[rank];
        Array.Fill(scales, 1);
        for (var i = 0; i < axes.Length; i++)
        {
            scales[c.Axis(axes[i], rank)] = given[i];
        }

        return scales;
    }
}
