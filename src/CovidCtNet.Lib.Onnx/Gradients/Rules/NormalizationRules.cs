namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>
/// Normalisations by statistics of the data itself. With <c>z = (x - mean) / s</c> and <c>v = dy * scale</c>:
/// <c>dx = (v - mean(v) - z * mean(v * z)) / s</c> (Ba et al., "Layer Normalization", arXiv 1607.06450).
/// </summary>
internal static class NormalizationRules
{
    /// <summary>Over the axes from the given one on.</summary>
    public static void Layer(GradientContext c)
    {
        c.RefuseGradientOf(1, "scale");
        c.RefuseGradientOf(2, "bias");
        var rank = c.Input(0).Shape.Count;
        var axis = c.Axis(c.Node.GetInteger("axis", -1), rank);
        c.Contribute(0, Backward(c, c.Input(0), c.Builder.Mul(c.Gradient, c.Input(1)), axis));
    }

    /// <summary>Over the pixels of each channel.</summary>
    public static void Instance(GradientContext c)
    {
        c.RefuseGradientOf(1, "scale");
        c.RefuseGradientOf(2, "bias");
        var rank = c.Input(0).Shape.Count;
        var channels = c.Input(1).Shape[0];
        var scale = c.Builder.ReshapeTo(c.Input(1), OnnxShape.Create([channels, .. Enumerable.Repeat(OnnxDimension.FromInt64(1), rank - 2)]));
        c.Contribute(0, Backward(c, c.Input(0), c.Builder.Mul(c.Gradient, scale), firstAxis: 2));
    }

    /// <summary>Over the pixels and channels of each group of channels; scale and bias are of channels, or of groups before operator set 21 (Wu and He, arXiv 1803.08494).</summary>
    public static void Group(GradientContext c)
    {
        c.RefuseGradientOf(1, "scale");
        c.RefuseGradientOf(2, "bias");
        var b = c.Builder;
        var x = c.Input(0);
        var groups = c.Node.GetInteger("num_groups", 1);
        if (x.Shape[1].Value is not { } channels || c.Input(1).Shape[0].Value is not { } scales)
        {
            throw c.Shape($"the number of channels of {x.Shape} must be fixed");
        }

        var grouped = OnnxShape.Create([x.Shape[0], groups, channels / groups, .. x.Shape.Skip(2)]);
        var scale = b.ReshapeTo(c.Input(1), OnnxShape.Create([groups, scales / groups, .. Enumerable.Repeat(OnnxDimension.FromInt64(1), x.Shape.Count - 2)]));
        var dx = Backward(c, b.ReshapeTo(x, grouped), b.Mul(b.ReshapeTo(c.Gradient, grouped), scale), firstAxis: 2);
        c.Contribute(0, b.ReshapeLike(dx, x));
    }

    /// <summary>
    /// Across neighbouring channels: <c>y = x * q^-beta</c> with <c>q = bias + alpha / size * (sum of x^2 in the window)</c>, so
    /// <c>dx = dy * q^-beta - 2 * alpha * beta / size * x * (sum over the windows that x is in of dy * x * q^(-beta - 1))</c>.
    /// </summary>
    public static void LocalResponse(GradientContext c)
    {
        var b = c.Builder;
        var x = c.Input(0);
        double alpha = c.Node.GetSingle("alpha", 1e-4f);
        double beta = c.Node.GetSingle("beta", 0.75f);
        var size = c.Node.GetInteger("size", 1);
        var channels = x.Shape[1].Value ?? throw c.Shape($"the number of channels of {x.Shape} must be fixed");
        var window = Window(channels, size, transposed: false);
        var q = b.Add(b.Mul(b.MultiplyAxis(b.Mul(x, x), 1, window), alpha / size), b.Scalar(c.Node.GetSingle("bias", 1), x));
        var power = b.Node("Pow", [q, b.Scalar(-beta, x)]);
        var spread = b.MultiplyAxis(b.Div(b.Mul(b.Mul(c.Gradient, x), power), q), 1, Window(channels, size, transposed: true));
        c.Contribute(0, b.Sub(b.Mul(c.Gradient, power), b.Mul(b.Mul(x, spread), 2 * alpha * beta / size)));
    }

    private static OnnxValue Backward(GradientContext c, OnnxValue x, OnnxValue v, int firstAxis)
    {
        var b = c.Builder;
        long[] axes = [.. Enumerable.Range(firstAxis, x.Shape.Count - firstAxis).Select(a => (long)a)];
        var centred = b.Sub(x, b.ReduceMean(x, axes));
        var variance = b.ReduceMean(b.Mul(centred, centred), axes);
        var s = b.Node("Sqrt", [b.Add(variance, b.Scalar(c.Node.GetSingle("epsilon", 1e-5f), x))]);
        var z = b.Div(centred, s);
        var along = b.Mul(z, b.ReduceMean(b.Mul(v, z), axes));
        return b.Div(b.Sub(b.Sub(v, b.ReduceMean(v, axes)), along), s);
    }

    /// <summary>Matrix [from, to] with a 1 where channel "from" lies in the window of channel "to"; an even window reaches further up.</summary>
    private static double[,] Window(long channels, long size, bool transposed)
    {
        var matrix = new double[channels, channels];
        for (var to = 0L; to < channels; to++)
        {
            var first = Math.Max(0, to - ((size - 1) / 2));
            var last = Math.Min(channels - 1, to + (size / 2));
            for (var from = first; from <= last; from++)
            {
                matrix[transposed ? to : from, transposed ? from : to] = 1;
            }
        }

        return matrix;
    }
}
