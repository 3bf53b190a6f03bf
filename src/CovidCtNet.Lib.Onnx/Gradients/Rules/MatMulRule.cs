namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary><c>dA = dY Bᵀ</c>, <c>dB = Aᵀ dY</c>, summed over the batch axes along which an operand was repeated.</summary>
internal static class MatMulRule
{
    public static void Apply(GradientContext c)
    {
        var b = c.Builder;
        if (c.Input(0).Shape.Count < 2 || c.Input(1).Shape.Count < 2)
        {
            throw c.Unsupported("is differentiated for operands of two dimensions and more");
        }

        if (c.Wants(0))
        {
            c.Contribute(0, b.SumTo(b.Node("MatMul", [c.Gradient, Transposed(b, c.Input(1))]), c.Input(0)));
        }

        if (c.Wants(1))
        {
            c.Contribute(1, b.SumTo(b.Node("MatMul", [Transposed(b, c.Input(0)), c.Gradient]), c.Input(1)));
        }
    }

    private static OnnxValue Transposed(OnnxGraphBuilder b, OnnxValue value)
    {
        var rank = value.Shape.Count;
        long[] order = [.. Enumerable.Range(0, rank - 2).Select(a => (long)a), rank - 1, rank - 2];
        return b.Node("Transpose", [value], [OnnxAttribute.Of("perm", order)]);
    }
}
