namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>The weights of one-dimensional resampling, in the coordinate and rounding modes of the ONNX operator <c>Resize</c>.</summary>
internal static class Interpolation
{
    /// <summary>Matrix [resized, size]: row i holds the weights of output element i.</summary>
    /// <param name="c">The node, whose attributes choose the mode.</param>
    /// <param name="size">Elements before.</param>
    /// <param name="resized">Elements after.</param>
    /// <param name="scale">Scale of the node; not always the quotient of the sizes.</param>
    public static double[,] Matrix(GradientContext c, long size, long resized, float scale)
    {
        var mode = c.Node.GetText("mode", "nearest");
        if (c.Node.GetInteger("antialias", 0) != 0 || c.Node.GetInteger("exclude_outside", 0) != 0 || mode is not ("nearest" or "linear"))
        {
            throw c.Unsupported($"mode '{mode}' with these settings is not supported; nearest and linear without anti-aliasing are");
        }

        c.LimitConstant(resized, size);
        var matrix = new double[resized, size];
        for (var i = 0L; i < resized; i++)
        {
            var position = Position(c, i, size, resized, scale);
            if (mode == "nearest")
            {
                matrix[i, Math.Clamp(Nearest(c, position), 0, size - 1)] = 1;
                continue;
            }

            position = Math.Clamp(position, 0, size - 1);
            var left = Math.Min((long)position, size - 1);
            var right = Math.Min(left + 1, size - 1);
            matrix[i, left] += 1 - (position - left);
            matrix[i, right] += position - left;
        }

        return matrix;
    }

    /// <summary>Position in the input of an output element, in 32-bit arithmetic as runtimes have it: rounding decides which element is nearest.</summary>
    private static float Position(GradientContext c, long index, long size, long resized, float scale)
    {
        var mode = c.Node.GetText("coordinate_transformation_mode", "half_pixel");
        return mode switch
        {
            "align_corners" => resized == 1 ? 0 : index * (float)(size - 1) / (resized - 1),
            "asymmetric" => index / scale,
            "half_pixel" => ((index + 0.5f) / scale) - 0.5f,
            "pytorch_half_pixel" => resized > 1 ? ((index + 0.5f) / scale) - 0.5f : 0,
            "tf_half_pixel_for_nn" => (index + 0.5f) / scale,
            _ => throw c.Unsupported($"coordinate mode '{mode}' is not supported"),
        };
    }

    private static long Nearest(GradientContext c, float position)
    {
        var mode = c.Node.GetText("nearest_mode", "round_prefer_floor");
        return mode switch
        {
            "floor" => (long)MathF.Floor(position),
            "ceil" => (long)MathF.Ceiling(position),
            "round_prefer_ceil" => position - MathF.Floor(position) == 0.5f ? (long)MathF.Ceiling(position) : Rounded(position),
            "round_prefer_floor" => position - MathF.Floor(position) == 0.5f ? (long)MathF.Floor(position) : Rounded(position),
            _ => throw c.Unsupported($"rounding mode '{mode}' does not exist"),
        };
    }

    /// <summary>To the nearest integer; adding a half and flooring would round a position just below a half up.</summary>
    private static long Rounded(float position) => (long)MathF.Round(position, MidpointRounding.AwayFromZero);
}
