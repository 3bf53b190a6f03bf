namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Softmax and its logarithm.</summary>
internal static class SoftmaxRules
{
    /// <summary><c>dx = y * (dy - sum(dy * y))</c>.</summary>
    public static void Softmax(GradientContext c)
    {
        var b = c.Builder;
        var y = c.Output();
        var sum = b.ReduceSum(b.Mul(c.Gradient, y), Axes(c));
        c.Contribute(0, b.Mul(y, b.Sub(c.Gradient, sum)));
    }

    /// <summary><c>dx = dy - exp(y) * sum(dy)</c>.</summary>
    public static void LogSoftmax(GradientContext c)
    {
        var b = c.Builder;
        var sum = b.ReduceSum(c.Gradient, Axes(c));
        c.Contribute(0, b.Sub(c.Gradient, b.Mul(b.Node("Exp", [c.Output()]), sum)));
    }

    /// <summary>Before operator set 13 the sum runs over all axes from the given one.</summary>
    private static long[] Axes(GradientContext c)
    {
        var rank = c.Output().Shape.Count;
        var joined = c.Opset < 13;
        var axis = c.Axis(c.Node.GetInteger("axis", joined ? 1 : -1), rank);
        return joined ? [.. Enumerable.Range(axis, rank - axis).Select(a => (long)a)] : [axis];
    }
}
