namespace CovidCtNet.Lib.Onnx.Gradients;

/// <summary>One node while it is differentiated.</summary>
/// <param name="builder">Takes the new nodes.</param>
/// <param name="node">The node.</param>
/// <param name="outputGradients">Gradient of each output; null where the scalar does not depend on it.</param>
/// <param name="wanted">Whether the gradient of each input is asked for.</param>
/// <param name="contribute">Takes the gradient of an input.</param>
internal sealed class GradientContext(
    OnnxGraphBuilder builder, OnnxNode node, IReadOnlyList<OnnxValue?> outputGradients, IReadOnlyList<bool> wanted, Action<string, OnnxValue> contribute)
{
    /// <summary>Most elements of a generated constant: 64 MB in 32 bits, the matrix between two axes of 4096 elements.</summary>
    private const int LargestConstant = 1 << 24;

    public OnnxGraphBuilder Builder => builder;

    public OnnxNode Node => node;

    public int Opset => builder.OpsetVersion;

    public int InputCount => node.Inputs.Count;

    /// <summary>Gradient of the first output.</summary>
    public OnnxValue Gradient => OutputGradient(0) ?? throw Unsupported("only its first output can be differentiated");

    public OnnxValue? OutputGradient(int index) => index < outputGradients.Count ? outputGradients[index] : null;

    public bool HasInput(int index) => index < node.Inputs.Count && node.Inputs[index].Length > 0;

    public OnnxValue Input(int index) => HasInput(index) ? builder.Value(node.Inputs[index]) : throw Shape($"input {index} is missing");

    public OnnxValue Output(int index = 0) => builder.Value(node.Outputs[index]);

    public bool Wants(int index) => index < wanted.Count && wanted[index];

    /// <summary>The constant that feeds an input, or null.</summary>
    public OnnxTensor? Constant(int index) => HasInput(index) ? builder.Facts.Find(node.Inputs[index])?.Constant : null;

    /// <summary>The constant that must feed an input.</summary>
    public OnnxTensor RequireConstant(int index) => Constant(index) ?? throw Unsupported($"input {index} must be constant");

    /// <summary>The integers of an input, where they are known beforehand.</summary>
    public long[]? Integers(int index) => HasInput(index) ? builder.Facts.Find(node.Inputs[index])?.Integers : null;

    /// <summary>Refuses an operand that the rule takes as constant but whose gradient is asked for.</summary>
    public void RefuseGradientOf(int index, string what)
    {
        if (Wants(index))
        {
            throw Unsupported($"cannot be differentiated by its {what}");
        }
    }

    /// <summary>Adds to the gradient of an input.</summary>
    public void Contribute(int index, OnnxValue gradient)
    {
        var input = Input(index);
        if (input.HasShape && gradient.HasShape && !input.Shape.MayEqual(gradient.Shape))
        {
            throw Shape($"its gradient has shape {gradient.Shape}, input {index} has {input.Shape}");
        }

        contribute(node.Inputs[index], gradient);
    }

    /// <summary>Sizes of the spatial axes of an image-like tensor, which must be fixed.</summary>
    public long[] SpatialSizes(OnnxValue value) =>
        OnnxShape.Create([.. value.Shape.Skip(2)]).ToSizes()
        ?? throw Shape($"the spatial sizes of {value.Shape} must be fixed; give the shape of the graph's input");

    /// <summary>Refuses a constant so large that a small file could take any amount of memory; a real network has none of that size on its way.</summary>
    public void LimitConstant(params ReadOnlySpan<long> sizes)
    {
        // In floating point, as sizes of a file at fault overflow.
        var count = 1.0;
        foreach (var size in sizes)
        {
            count *= size;
        }

        if (count > LargestConstant)
        {
            throw Unsupported($"its gradient needs a constant of {count} elements; up to {LargestConstant} are supported");
        }
    }

    /// <summary>An axis counted from 0.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Shape($"axis {axis} is outside a shape of {rank} dimensions");

    public OnnxUnsupportedOperatorException Unsupported(string reason) => new(node.Name, node.OpType, reason);

    public OnnxShapeException Shape(string reason) => new(node.Name, node.OpType, reason);
}
