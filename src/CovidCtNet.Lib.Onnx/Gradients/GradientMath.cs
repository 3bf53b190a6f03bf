namespace CovidCtNet.Lib.Onnx.Gradients;

/// <summary>What several gradient rules need.</summary>
internal static class GradientMath
{
    /// <summary>A constant of the element type of the data it meets.</summary>
    public static OnnxValue ConstantOf(this OnnxGraphBuilder builder, OnnxElementType type, ReadOnlySpan<double> values, params ReadOnlySpan<long> dimensions)
    {
        const string Prefix = "constant/";
        switch (type)
        {
            case OnnxElementType.Float32:
                return builder.Constant(Prefix, Convert<float>(values, v => (float)v), dimensions);
            case OnnxElementType.Float64:
                return builder.Constant(Prefix, values, dimensions);
            case OnnxElementType.Float16:
                return builder.Constant(Prefix, Convert<Half>(values, v => (Half)v), dimensions);
            default:
                throw new OnnxException($"Gradients are computed in floating point; the graph has {type} on the way.");
        }
    }

    /// <summary>A scalar of the element type of <paramref name="like"/>.</summary>
    public static OnnxValue Scalar(this OnnxGraphBuilder builder, double value, OnnxValue like) => builder.ConstantOf(like.ElementType, [value]);

    public static OnnxValue Mul(this OnnxGraphBuilder builder, OnnxValue a, double factor) =>
        factor == 1 ? a : builder.Mul(a, builder.Scalar(factor, a));

    public static OnnxValue Sub(this OnnxGraphBuilder builder, OnnxValue a, OnnxValue b) => builder.Node("Sub", [a, b]);

    public static OnnxValue Div(this OnnxGraphBuilder builder, OnnxValue a, OnnxValue b) => builder.Node("Div", [a, b]);

    /// <summary>1 where the condition holds, else 0, in the element type of <paramref name="like"/>.</summary>
    public static OnnxValue Indicator(this OnnxGraphBuilder builder, OnnxValue condition, OnnxValue like) =>
        builder.Node("Cast", [condition], [OnnxAttribute.Of("to", (long)like.ElementType)]);

    /// <summary>The value in the shape of another; by a constant where at most one size is open, else by the shape at run time.</summary>
    public static OnnxValue ReshapeLike(this OnnxGraphBuilder builder, OnnxValue value, OnnxValue like)
    {
        if (value.HasShape && like.HasShape && value.Shape.Equals(like.Shape) && value.Shape.All(d => d != OnnxDimension.Unknown))
        {
            return value;
        }

        return like.HasShape && like.Shape.Count(d => d.Value is null) <= 1 && like.Shape.All(d => d.Value != 0)
            ? builder.ReshapeTo(value, like.Shape)
            : builder.Declare(builder.Node("Reshape", [value, builder.Node("Shape", [like])]), like);
    }

    /// <summary>The value in another shape, of which at most one size is open.</summary>
    public static OnnxValue ReshapeTo(this OnnxGraphBuilder builder, OnnxValue value, OnnxShape shape) =>
        builder.Declare(builder.Node("Reshape", [value, builder.Constant([.. shape.Select(d => d.Value ?? -1)])]), shape);

    /// <summary>Sums a gradient over the axes along which an operand was broadcast.</summary>
    public static OnnxValue SumTo(this OnnxGraphBuilder builder, OnnxValue gradient, OnnxValue operand)
    {
        var from = gradient.Shape;
        var to = operand.Shape;
        var extra = from.Count - to.Count;
        if (extra > 0)
        {
            gradient = builder.ReduceSum(gradient, [.. Enumerable.Range(0, extra).Select(a => (long)a)], keepDimensions: false);
        }

        long[] repeated = [.. Enumerable.Range(0, to.Count).Where(a => to[a].Value == 1 && from[a + extra].Value != 1).Select(a => (long)a)];
        return repeated.Length == 0 ? gradient : builder.ReduceSum(gradient, repeated);
    }

    /// <summary>The value repeated to the shape of another at run time.</summary>
    public static OnnxValue ExpandLike(this OnnxGraphBuilder builder, OnnxValue value, OnnxValue like) =>
        builder.Declare(builder.Node("Expand", [value, builder.Node("Shape", [like])]), like);

    /// <summary>
    /// Multiplies one axis by a matrix: <c>result[..., j, ...] = sum over i of value[..., i, ...] * matrix[i, j]</c>.
    /// </summary>
    /// <param name="builder">Takes the nodes.</param>
    /// <param name="value">Data.</param>
    /// <param name="axis">Axis, from 0.</param>
    /// <param name="matrix">Matrix [size of the axis, new size].</param>
    public static OnnxValue MultiplyAxis(this OnnxGraphBuilder builder, OnnxValue value, int axis, double[,] matrix)
    {
        var rank = value.Shape.Count;
        if (rank == 1)
        {
            var row = builder.ReshapeTo(value, [1, value.Shape[0]]);
            return builder.ReshapeTo(builder.MultiplyAxis(row, 1, matrix), [matrix.GetLength(1)]);
        }

        if (axis == rank - 1)
        {
            return builder.Node("MatMul", [value, builder.Matrix(matrix, value.ElementType)]);
        }

        if (axis == rank - 2)
        {
            return builder.Node("MatMul", [builder.Matrix(Transposed(matrix), value.ElementType), value]);
        }

        long[] swap = [.. Enumerable.Range(0, rank).Select(a => (long)(a == axis ? rank - 1 : a == rank - 1 ? axis : a))];
        var turned = builder.Node("Transpose", [value], [OnnxAttribute.Of("perm", swap)]);
        return builder.Node("Transpose", [builder.MultiplyAxis(turned, rank - 1, matrix)], [OnnxAttribute.Of("perm", swap)]);
    }

    /// <summary>True for the types gradients can have.</summary>
    public static bool IsFloating(OnnxElementType type) =>
        type is OnnxElementType.Float32 or OnnxElementType.Float64 or OnnxElementType.Float16 or OnnxElementType.BFloat16;

    private static OnnxValue Matrix(this OnnxGraphBuilder builder, double[,] matrix, OnnxElementType type)
    {
        var flat = new double[matrix.Length];
        Buffer.BlockCopy(matrix, 0, flat, 0, matrix.Length * sizeof(double));
        return builder.ConstantOf(type, flat, matrix.GetLength(0), matrix.GetLength(1));
    }

    private static double[,] Transposed(double[,] matrix)
    {
        var result = new double[matrix.GetLength(1), matrix.GetLength(0)];
        for (var i = 0; i < result.GetLength(0); i++)
        {
            for (var j = 0; j < result.GetLength(1); j++)
            {
                result[i, j] = matrix[j, i];
            }
        }

        return result;
    }

    private static T[] Convert<T>(ReadOnlySpan<double> values, Func<double, T> convert)
    {
        var result = new T[values.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = convert(values[i]);
        }

        return result;
    }
}
