namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>What is known about a tensor before the graph runs.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Shape, or null where not even the rank is known.</param>
internal sealed record TensorFact(OnnxElementType Type, OnnxShape? Shape)
{
    /// <summary>The elements, where the tensor is constant.</summary>
    public OnnxTensor? Constant { get; init; }

    /// <summary>The largest number of elements that are carried as <see cref="Values"/>.</summary>
    public const int LargestVector = 64;

    /// <summary>Elements, row by row, of a small integer tensor that carries a shape: fixed, symbolic or unknown each.</summary>
    public IReadOnlyList<OnnxDimension>? Values { get; init; }

    /// <summary>The elements as integers, where all are known.</summary>
    public long[]? Integers
    {
        get
        {
            if (Values is not { } values)
            {
                return null;
            }

            var result = new long[values.Count];
            for (var i = 0; i < result.Length; i++)
            {
                if (values[i].Value is not { } value)
                {
                    return null;
                }

                result[i] = value;
            }

            return result;
        }
    }

    /// <summary>A constant; small integer tensors carry their values.</summary>
    public static TensorFact Of(OnnxTensor constant)
    {
        var carries = constant.ElementType is OnnxElementType.Int64 or OnnxElementType.Int32 && constant.ElementCount <= LargestVector;
        return new(constant.ElementType, constant.Shape)
        {
            Constant = constant,
            Values = carries ? [.. constant.ToIntegers().Select(OnnxDimension.FromInt64)] : null,
        };
    }

    /// <summary>An integer tensor that carries values.</summary>
    public static TensorFact OfValues(OnnxElementType type, OnnxShape shape, IReadOnlyList<OnnxDimension> values) =>
        new(type, shape) { Values = values };
}
