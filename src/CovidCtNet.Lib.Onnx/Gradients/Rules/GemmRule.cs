namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>With <c>Y = alpha * A' B' + beta * C</c>: <c>dA' = alpha * dY B'ᵀ</c>, <c>dB' = alpha * A'ᵀ dY</c>, <c>dC = beta * dY</c>.</summary>
internal static class GemmRule
{
    public static void Apply(GradientContext c)
    {
        var b = c.Builder;
        var alpha = c.Node.GetSingle("alpha", 1);
        var transposeA = c.Node.GetInteger("transA", 0) != 0;
        var transposeB = c.Node.GetInteger("transB", 0) != 0;
        if (c.Wants(0))
        {
            c.Contribute(0, transposeA
                ? b.Gemm(c.Input(1), c.Gradient, alpha: alpha, transposeA: transposeB, transposeB: true)
                : b.Gemm(c.Gradient, c.Input(1), alpha: alpha, transposeB: !transposeB));
        }

        if (c.Wants(1))
        {
            c.Contribute(1, transposeB
                ? b.Gemm(c.Gradient, c.Input(0), alpha: alpha, transposeA: true, transposeB: transposeA)
                : b.Gemm(c.Input(0), c.Gradient, alpha: alpha, transposeA: !transposeA));
        }

        if (c.Wants(2))
        {
            c.Contribute(2, b.Mul(b.SumTo(c.Gradient, c.Input(2)), c.Node.GetSingle("beta", 1)));
        }
    }
}
