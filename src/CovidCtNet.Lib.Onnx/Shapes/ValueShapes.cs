namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Operators that make constants and shapes, and change types.</summary>
internal static class ValueShapes
{
    public static void Register(Dictionary<string, ShapeRule> table)
    {
        table["Constant"] = Constant;
        table["ConstantOfShape"] = ConstantOfShape;
        table["Shape"] = ShapeOf;
        table["Size"] = c => [TensorFact.OfValues(OnnxElementType.Int64, OnnxShape.Scalar, [DimensionMath.Product(c.Shape(0))])];
        table["Cast"] = Cast;
        table["CastLike"] = c => [new(c.Input(1).Type, c.Shape(0))];
        table["Range"] = Range;
        table["OneHot"] = OneHot;
        table["QuantizeLinear"] = c => [new(c.HasInput(2) ? c.Input(2).Type : OnnxElementType.UInt8, c.Shape(0))];
        table["DequantizeLinear"] = c => [new(c.Input(1).Type, c.Shape(0))];
    }

    private static TensorFact[] Constant(ShapeContext c)
    {
        var node = c.Node;
        var tensor = node.GetTensor("value");
        if (tensor is null && node.HasAttribute("value_int"))
        {
            tensor = OnnxTensor.Create<long>("", [node.GetInteger("value_int", 0)]);
        }
        else if (tensor is null && node.HasAttribute("value_float"))
        {
            tensor = OnnxTensor.Create<float>("", [node.GetSingle("value_float", 0)]);
        }
        else if (tensor is null && node.GetIntegers("value_ints") is { } integers)
        {
            tensor = OnnxTensor.Create<long>("", integers, integers.Length);
        }
        else if (tensor is null && node.GetSingles("value_floats") is { } singles)
        {
            tensor = OnnxTensor.Create<float>("", singles, singles.Length);
        }

        return [tensor is null ? new(OnnxElementType.Undefined, null) : TensorFact.Of(tensor)];
    }

    private static TensorFact[] ConstantOfShape(ShapeContext c)
    {
        var value = c.Node.GetTensor("value");
        var type = value?.ElementType ?? OnnxElementType.Float32;
        if (c.Input(0).Values is not { } sizes)
        {
            return [new(type, null)];
        }

        var shape = OnnxShape.Create([.. sizes]);
        var carries = type is OnnxElementType.Int64 or OnnxElementType.Int32 && shape.ElementCount <= TensorFact.LargestVector;
        return [new(type, shape) { Values = carries ? [.. Enumerable.Repeat(OnnxDimension.FromInt64(value!.ToIntegers()[0]), (int)shape.ElementCount!)] : null }];
    }

    private static TensorFact[] ShapeOf(ShapeContext c)
    {
        var shape = c.Shape(0);
        var start = Bound(c.Node.GetInteger("start", 0), shape.Count);
        var end = Bound(c.Node.GetInteger("end", shape.Count), shape.Count);
        OnnxDimension[] values = [.. shape.Skip(start).Take(Math.Max(0, end - start))];
        return [TensorFact.OfValues(OnnxElementType.Int64, [values.Length], values)];
    }

    private static int Bound(long index, int rank) => (int)Math.Clamp(index < 0 ? index + rank : index, 0, rank);

    private static TensorFact[] Cast(ShapeContext c)
    {
        var to = (OnnxElementType)c.Node.GetInteger("to", 0);
        return [new(to, c.Shape(0)) { Values = to is OnnxElementType.Int64 or OnnxElementType.Int32 ? c.Input(0).Values : null }];
    }

    private static TensorFact[] Range(ShapeContext c)
    {
        if (c.Input(0).Integers is not [var start] || c.Input(1).Integers is not [var limit] || c.Input(2).Integers is not [var delta] || delta == 0)
        {
            return [new(c.Type, [OnnxDimension.Unknown])];
        }

        var count = Math.Max(0, (limit - start + delta - Math.Sign(delta)) / delta);
        return [new(c.Type, [count])
        {
            Values = count <= TensorFact.LargestVector ? [.. Enumerable.Range(0, (int)count).Select(i => OnnxDimension.FromInt64(start + (i * delta)))] : null,
        }];
    }

    private static TensorFact[] OneHot(ShapeContext c)
    {
        var indices = c.Shape(0);
        var axis = c.Axis(c.Node.GetInteger("axis", -1), indices.Count + 1);
        var depth = c.Input(1).Values is [var known] ? known : OnnxDimension.Unknown;
        return [new(c.Input(2).Type, OnnxShape.Create([.. indices.Take(axis), depth, .. indices.Skip(axis)]))];
    }
}
