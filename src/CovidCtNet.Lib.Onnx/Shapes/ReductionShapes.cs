namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Operators that fold axes away. Their axes are an attribute in older operator sets and an input in newer ones.</summary>
internal static class ReductionShapes
{
    private static readonly string[] Reductions =
        ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"];

    public static void Register(Dictionary<string, ShapeRule> table)
    {
        foreach (var op in Reductions)
        {
            table[op] = Reduce;
        }

        table["ArgMax"] = ArgExtreme;
        table["ArgMin"] = ArgExtreme;
    }

    private static TensorFact[] Reduce(ShapeContext c)
    {
        var shape = c.Shape(0);
        if (c.HasInput(1) && c.Input(1).Integers is null)
        {
            return [new(c.Type, null)];
        }

        var axes = c.AttributeOrInput("axes", 1);
        if (axes is null or [])
        {
            if (c.Node.GetInteger("noop_with_empty_axes", 0) != 0)
            {
                return [new(c.Type, shape)];
            }

            axes = [.. Enumerable.Range(0, shape.Count).Select(a => (long)a)];
        }

        return [new(c.Type, Fold(c, shape, axes))];
    }

    private static TensorFact[] ArgExtreme(ShapeContext c) =>
        [new(OnnxElementType.Int64, Fold(c, c.Shape(0), [c.Node.GetInteger("axis", 0)]))];

    private static OnnxShape Fold(ShapeContext c, OnnxShape shape, long[] axes)
    {
        var folded = axes.Select(a => c.Axis(a, shape.Count)).ToHashSet();
        var keep = c.Node.GetInteger("keepdims", 1) != 0;
        List<OnnxDimension> result = [];
        for (var i = 0; i < shape.Count; i++)
        {
            if (!folded.Contains(i))
            {
                result.Add(shape[i]);
            }
            else if (keep)
            {
                result.Add(1);
            }
        }

        return OnnxShape.Create([.. result]);
    }
}
