namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Matrix products.</summary>
internal static class LinearShapes
{
    public static void Register(Dictionary<string, ShapeRule> table)
    {
        table["Gemm"] = Gemm;
        table["MatMul"] = MatMul;
    }

    private static TensorFact[] Gemm(ShapeContext c)
    {
        var a = c.Shape(0, 2);
        var b = c.Shape(1, 2);
        var transposeA = c.Node.GetInteger("transA", 0) != 0;
        var transposeB = c.Node.GetInteger("transB", 0) != 0;
        var inner = transposeA ? a[0] : a[1];
        if (!inner.MayEqual(transposeB ? b[1] : b[0]))
        {
            throw c.Fail($"matrices {a}{(transposeA ? "ᵀ" : "")} and {b}{(transposeB ? "ᵀ" : "")} do not multiply");
        }

        OnnxShape result = [transposeA ? a[1] : a[0], transposeB ? b[0] : b[1]];
        if (c.HasInput(2) && !c.Broadcast(result, c.Shape(2)).MayEqual(result))
        {
            throw c.Fail($"input 2 of shape {c.Shape(2)} does not broadcast to {result}");
        }

        return [new(c.Type, result)];
    }

    private static TensorFact[] MatMul(ShapeContext c)
    {
        var a = c.Shape(0);
        var b = c.Shape(1);
        if (a.Count == 0 || b.Count == 0 || !a[^1].MayEqual(b[b.Count == 1 ? 0 : ^2]))
        {
            throw c.Fail($"matrices {a} and {b} do not multiply");
        }

        var batch = c.Broadcast(OnnxShape.Create([.. a.SkipLast(2)]), OnnxShape.Create([.. b.SkipLast(2)]));
        List<OnnxDimension> result = [.. batch];
        if (a.Count > 1)
        {
            result.Add(a[^2]);
        }

        if (b.Count > 1)
        {
            result.Add(b[^1]);
        }

        return [new(c.Type, OnnxShape.Create([.. result]))];
    }
}
