namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>One node while its output shapes are worked out.</summary>
internal sealed class ShapeContext(OnnxNode node, int opset, IReadOnlyList<TensorFact?> inputs)
{
    public OnnxNode Node => node;

    public int Opset => opset;

    public int InputCount => inputs.Count;

    /// <summary>Element type of the first input.</summary>
    public OnnxElementType Type => Input(0).Type;

    public bool HasInput(int index) => index < inputs.Count && inputs[index] is not null;

    /// <summary>The input at <paramref name="index"/>.</summary>
    public TensorFact Input(int index) => HasInput(index) ? inputs[index]! : throw Fail($"input {index} is missing");

    /// <summary>The shape of an input; rules run only where every input has one.</summary>
    public OnnxShape Shape(int index) => Input(index).Shape ?? throw Fail($"the shape of input {index} is unknown");

    /// <summary>The shape of an input that must have <paramref name="rank"/> dimensions.</summary>
    public OnnxShape Shape(int index, int rank)
    {
        var shape = Shape(index);
        return shape.Count == rank ? shape : throw Fail($"input {index} has shape {shape}, {rank} dimensions are needed");
    }

    /// <summary>An axis counted from 0, out of one that may count from the end.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Fail($"axis {axis} is outside a shape of {rank} dimensions");

    /// <summary>Integers given by an attribute in older operator sets and by an input in newer ones; null where neither is there or known.</summary>
    public long[]? AttributeOrInput(string attribute, int input) =>
        node.GetIntegers(attribute) ?? (HasInput(input) ? Input(input).Integers : null);

    public OnnxShapeException Fail(string reason) => new(node.Name, node.OpType, reason);

    /// <summary>The shape two operands broadcast to (NumPy rules).</summary>
    public OnnxShape Broadcast(OnnxShape a, OnnxShape b)
    {
        var rank = Math.Max(a.Count, b.Count);
        var result = new OnnxDimension[rank];
        for (var i = 1; i <= rank; i++)
        {
            var x = i <= a.Count ? a[^i] : 1;
            var y = i <= b.Count ? b[^i] : 1;
            if (!x.MayEqual(y) && x.Value != 1 && y.Value != 1)
            {
                throw Fail($"shapes {a} and {b} do not broadcast");
            }

            result[^i] = x == y || y.Value == 1 ? x
                : x.Value == 1 ? y
                : x.Value is not null ? x
                : y.Value is not null ? y
                : OnnxDimension.Unknown;
        }

        return OnnxShape.Create(result);
    }
}
