namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Operators that rearrange elements.</summary>
internal static class LayoutShapes
{
    public static void Register(Dictionary<string, ShapeRule> table)
    {
        table["Flatten"] = Flatten;
    }

    private static TensorFact[] Flatten(ShapeContext c)
    {
        var shape = c.Shape(0);
        var axis = c.Node.GetInteger("axis", 1);
        var split = axis == shape.Count ? shape.Count : c.Axis(axis, shape.Count);
        return [new(c.Type, [Product(shape.Take(split)), Product(shape.Skip(split))])];
    }

    /// <summary>Product of dimensions; a single symbol is kept.</summary>
    internal static OnnxDimension Product(IEnumerable<OnnxDimension> dimensions)
    {
        long product = 1;
        OnnxDimension? symbol = null;
        foreach (var dimension in dimensions)
        {
            if (dimension.Value is { } value)
            {
                product = checked(product * value);
            }
            else if (symbol is null && dimension.Symbol is not null)
            {
                symbol = dimension;
            }
            else
            {
                return OnnxDimension.Unknown;
            }
        }

        return symbol is null ? product : product == 1 ? symbol.Value : OnnxDimension.Unknown;
    }
}
