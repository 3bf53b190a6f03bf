namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Operators that work element by element: one operand, or several that broadcast.</summary>
internal static class ElementwiseShapes
{
    private static readonly string[] Unary =
    [
        "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Erf", "Gelu", "Mish", "Softplus", "Softsign",
        "ThresholdedRelu", "Clip", "Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Floor", "Ceil", "Round", "Sign", "Sin", "Cos", "Atan", "Not",
        "Softmax", "LogSoftmax", "Hardmax", "LRN", "InstanceNormalization", "LayerNormalization", "GroupNormalization",
        "LpNormalization", "MeanVarianceNormalization", "Dropout", "ScatterElements", "ScatterND", "CumSum",
    ];

    private static readonly string[] Broadcasting = ["Pow", "Max", "Min", "Mod", "And", "Or", "Xor", "Mean", "Sum"];

    private static readonly string[] Comparisons = ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"];

    public static void Register(Dictionary<string, ShapeRule> table)
    {
        foreach (var op in Unary)
        {
            table[op] = SameShape;
        }

        foreach (var op in Broadcasting)
        {
            table[op] = c => [BroadcastAll(c, c.Type)];
        }

        foreach (var op in Comparisons)
        {
            table[op] = c => [BroadcastAll(c, OnnxElementType.Bool)];
        }

        table["Add"] = c => [WithValues(c, (a, b) => checked(a + b), neutral: 0)];
        table["Sub"] = c => [WithValues(c, (a, b) => checked(a - b), neutral: 0)];
        table["Mul"] = c => [WithValues(c, (a, b) => checked(a * b), neutral: 1)];
        table["Div"] = c => [WithValues(c, (a, b) => b == 0 ? throw c.Fail("divides a shape by 0") : a / b, neutral: 1)];
        table["Identity"] = c => [c.Input(0)];
        table["BatchNormalization"] = BatchNormalization;
        table["Where"] = c => [new(c.Input(1).Type, c.Broadcast(c.Broadcast(c.Shape(0), c.Shape(1)), c.Shape(2)))];
        table["Dropout"] = c => [new(c.Type, c.Shape(0)), new(OnnxElementType.Bool, c.Shape(0))];
    }

    private static TensorFact[] SameShape(ShapeContext c) => [new(c.Type, c.Shape(0))];

    private static TensorFact BroadcastAll(ShapeContext c, OnnxElementType type)
    {
        var shape = c.Shape(0);
        for (var i = 1; i < c.InputCount; i++)
        {
            if (c.Input(i).Type != c.Type && c.Node.OpType != "Pow")
            {
                throw c.Fail($"its operands have element types {c.Type} and {c.Input(i).Type}");
            }

            shape = c.Broadcast(shape, c.Shape(i));
        }

        return new(type, shape);
    }

    /// <summary>Arithmetic on values that carry a shape; adding 0 or multiplying by 1 keeps a symbol.</summary>
    private static TensorFact WithValues(ShapeContext c, Func<long, long, long> operation, long neutral)
    {
        var result = BroadcastAll(c, c.Type);
        if (c.Input(0).Values is not { } a || c.Input(1).Values is not { } b || (a.Count != b.Count && a.Count != 1 && b.Count != 1))
        {
            return result;
        }

        var values = new OnnxDimension[Math.Max(a.Count, b.Count)];
        for (var i = 0; i < values.Length; i++)
        {
            var x = a[a.Count == 1 ? 0 : i];
            var y = b[b.Count == 1 ? 0 : i];
            values[i] = x.Value is { } p && y.Value is { } q ? Compute(operation, p, q) : y.Value == neutral ? x : OnnxDimension.Unknown;
        }

        // Operands of several axes can broadcast to more elements than either has.
        return result.Shape?.ElementCount == values.Length ? result with { Values = values } : result;
    }

    /// <summary>Integers that are no shape may overflow, as they do at run time; what they come to is not worth knowing.</summary>
    private static OnnxDimension Compute(Func<long, long, long> operation, long x, long y)
    {
        try
        {
            return operation(x, y);
        }
        catch (OverflowException)
        {
            return OnnxDimension.Unknown;
        }
    }

    private static TensorFact[] BatchNormalization(ShapeContext c)
    {
        var shape = c.Shape(0);
        var channels = shape.Count > 1 ? shape[1] : 1;
        for (var i = 1; i < 5; i++)
        {
            if (c.Shape(i, 1)[0] is var size && !size.MayEqual(channels))
            {
                throw c.Fail($"input {i} has {size} values, the data {shape} has {channels} channels");
            }
        }

        return [new(c.Type, shape)];
    }
}
