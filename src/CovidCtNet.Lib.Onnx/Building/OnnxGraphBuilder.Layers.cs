using System.Globalization;
using CovidCtNet.Lib.Onnx.Shapes;

namespace CovidCtNet.Lib.Onnx;

/// <content>The layers of convolutional networks.</content>
public sealed partial class OnnxGraphBuilder
{
    /// <summary>Convolution.</summary>
    /// <param name="x">Data [N, C, ...spatial].</param>
    /// <param name="weight">Weight [filters, C / group, ...kernel].</param>
    /// <param name="bias">Bias [filters], or <see langword="null"/>.</param>
    /// <param name="strides">One per spatial axis; none means 1.</param>
    /// <param name="pads">Every begin, then every end (<c>[top, left, bottom, right]</c>); none means 0.</param>
    /// <param name="group">Number of groups.</param>
    /// <param name="dilations">One per spatial axis; none means 1.</param>
    /// <param name="name">Name of the layer within the scope.</param>
    /// <inheritdoc cref="Node" path="/exception"/>
    public OnnxValue Conv(
        OnnxValue x, OnnxValue weight, OnnxValue? bias = null, ReadOnlySpan<long> strides = default, ReadOnlySpan<long> pads = default,
        long group = 1, ReadOnlySpan<long> dilations = default, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        List<OnnxAttribute> attributes = [];
        if (weight.HasShape && weight.Shape.ToSizes() is [_, _, .. var kernel])
        {
            attributes.Add(OnnxAttribute.Of("kernel_shape", kernel));
        }

        AddUnlessEmpty(attributes, "strides", strides);
        AddUnlessEmpty(attributes, "pads", pads);
        AddUnlessEmpty(attributes, "dilations", dilations);
        if (group != 1)
        {
            attributes.Add(OnnxAttribute.Of("group", group));
        }

        return Node("Conv", bias is null ? [x, weight] : [x, weight, bias], [.. attributes], name);
    }

    /// <summary>Batch normalisation of inference: <c>(x - mean) / sqrt(variance + epsilon) * scale + bias</c>, per channel.</summary>
    /// <param name="x">Data [N, C, ...].</param>
    /// <param name="scale">Scale [C].</param>
    /// <param name="bias">Bias [C].</param>
    /// <param name="mean">Running mean [C].</param>
    /// <param name="variance">Running variance [C].</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="name">Name of the layer within the scope.</param>
    /// <inheritdoc cref="Node" path="/exception"/>
    public OnnxValue BatchNormalization(
        OnnxValue x, OnnxValue scale, OnnxValue bias, OnnxValue mean, OnnxValue variance, float epsilon = 1e-5f, string? name = null) =>
        Node("BatchNormalization", [x, scale, bias, mean, variance], [OnnxAttribute.Of("epsilon", epsilon)], name);

    /// <summary><c>max(x, 0)</c>.</summary>
    public OnnxValue Relu(OnnxValue x, string? name = null) => Node("Relu", [x], default, name);

    /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
    public OnnxValue Sigmoid(OnnxValue x, string? name = null) => Node("Sigmoid", [x], default, name);

    /// <summary>The same values under another name.</summary>
    public OnnxValue Identity(OnnxValue x, string? name = null) => Node("Identity", [x], default, name);

    /// <summary><c>a + b</c>, broadcast.</summary>
    public OnnxValue Add(OnnxValue a, OnnxValue b, string? name = null) => Node("Add", [a, b], default, name);

    /// <summary><c>a * b</c>, broadcast.</summary>
    public OnnxValue Mul(OnnxValue a, OnnxValue b, string? name = null) => Node("Mul", [a, b], default, name);

    /// <summary>Softmax along an axis.</summary>
    /// <param name="x">Data.</param>
    /// <param name="axis">Axis; negative counts from the end.</param>
    /// <param name="name">Name of the layer within the scope.</param>
    public OnnxValue Softmax(OnnxValue x, long axis = -1, string? name = null) => Node("Softmax", [x], [OnnxAttribute.Of("axis", axis)], name);

    /// <summary>Maximum over windows.</summary>
    /// <param name="x">Data [N, C, ...spatial].</param>
    /// <param name="kernel">Size of the window per spatial axis.</param>
    /// <param name="strides">One per spatial axis; none means 1.</param>
    /// <param name="pads">Every begin, then every end; none means 0.</param>
    /// <param name="ceilMode">True rounds the output size up: the last window may reach over the edge.</param>
    /// <param name="name">Name of the layer within the scope.</param>
    /// <inheritdoc cref="Node" path="/exception"/>
    public OnnxValue MaxPool(
        OnnxValue x, ReadOnlySpan<long> kernel, ReadOnlySpan<long> strides = default, ReadOnlySpan<long> pads = default, bool ceilMode = false, string? name = null)
    {
        List<OnnxAttribute> attributes = [OnnxAttribute.Of("kernel_shape", kernel)];
        AddUnlessEmpty(attributes, "strides", strides);
        AddUnlessEmpty(attributes, "pads", pads);
        if (ceilMode)
        {
            attributes.Add(OnnxAttribute.Of("ceil_mode", 1));
        }

        return Node("MaxPool", [x], [.. attributes], name);
    }

    /// <summary>Mean over the spatial axes: [N, C, h, w] to [N, C, 1, 1].</summary>
    public OnnxValue GlobalAveragePool(OnnxValue x, string? name = null) => Node("GlobalAveragePool", [x], default, name);

    /// <summary>Joins axes to a matrix: those before <paramref name="axis"/>, and the others.</summary>
    public OnnxValue Flatten(OnnxValue x, long axis = 1, string? name = null) => Node("Flatten", [x], [OnnxAttribute.Of("axis", axis)], name);

    /// <summary><c>alpha * A * B + beta * C</c> of matrices.</summary>
    /// <param name="a">A [M, K], or [K, M] where transposed.</param>
    /// <param name="b">B [K, N], or [N, K] where transposed: the layout of a linear layer's weight.</param>
    /// <param name="c">C, broadcast to [M, N], or <see langword="null"/>.</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="beta">Factor of C.</param>
    /// <param name="transposeA">True to transpose A.</param>
    /// <param name="transposeB">True to transpose B.</param>
    /// <param name="name">Name of the layer within the scope.</param>
    /// <inheritdoc cref="Node" path="/exception"/>
    public OnnxValue Gemm(
        OnnxValue a, OnnxValue b, OnnxValue? c = null, float alpha = 1, float beta = 1, bool transposeA = false, bool transposeB = false, string? name = null)
    {
        List<OnnxAttribute> attributes = [];
        if (alpha != 1)
        {
            attributes.Add(OnnxAttribute.Of("alpha", alpha));
        }

        if (beta != 1)
        {
            attributes.Add(OnnxAttribute.Of("beta", beta));
        }

        if (transposeA)
        {
            attributes.Add(OnnxAttribute.Of("transA", 1));
        }

        if (transposeB)
        {
            attributes.Add(OnnxAttribute.Of("transB", 1));
        }

        return Node("Gemm", c is null ? [a, b] : [a, b, c], [.. attributes], name);
    }

    /// <summary>Mean over axes, given as an attribute or an input as the operator set has it.</summary>
    /// <param name="x">Data.</param>
    /// <param name="axes">Axes; negative ones count from the end.</param>
    /// <param name="keepDimensions">True keeps the axes with size 1.</param>
    /// <param name="name">Name of the layer within the scope.</param>
    /// <inheritdoc cref="Node" path="/exception"/>
    public OnnxValue ReduceMean(OnnxValue x, ReadOnlySpan<long> axes, bool keepDimensions = true, string? name = null) =>
        Reduce("ReduceMean", firstOpsetWithAxesInput: 18, x, axes, keepDimensions, name);

    /// <summary>Sum over axes, given as an attribute or an input as the operator set has it.</summary>
    /// <inheritdoc cref="ReduceMean"/>
    public OnnxValue ReduceSum(OnnxValue x, ReadOnlySpan<long> axes, bool keepDimensions = true, string? name = null) =>
        Reduce("ReduceSum", firstOpsetWithAxesInput: 13, x, axes, keepDimensions, name);

    /// <summary>Linear resampling of an image to a size.</summary>
    /// <param name="x">Data [N, C, h, w] with h and w fixed.</param>
    /// <param name="height">New height in pixels.</param>
    /// <param name="width">New width in pixels.</param>
    /// <param name="coordinates">How output pixels map to the input.</param>
    /// <param name="name">Name of the layer within the scope.</param>
    /// <inheritdoc cref="Node" path="/exception"/>
    public OnnxValue Resize(OnnxValue x, int height, int width, ResizeCoordinates coordinates, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (x.Shape is not [_, _, { Value: { } h }, { Value: { } w }])
        {
            throw new OnnxShapeException(Scoped(name ?? "Resize"), "Resize", $"the data has shape {x.Shape}; [N, C, h, w] with h and w fixed is needed");
        }

        var mode = coordinates == ResizeCoordinates.AlignCorners ? "align_corners" : "half_pixel";
        var scales = Constant([1f, 1f, ScaleReaching(h, height), ScaleReaching(w, width)]);
        // The region of interest became optional with operator set 13; it is read in another coordinate mode only.
        var region = OpsetVersion < 13 ? Constant(ReadOnlySpan<float>.Empty) : null;
        return Node("Resize", [x, region, scales], [OnnxAttribute.Of("coordinate_transformation_mode", mode), OnnxAttribute.Of("mode", "linear")], name);
    }

    /// <summary>
    /// The smallest float near the quotient that takes <paramref name="from"/> to at least <paramref name="to"/>: runtimes floor the product, some in 32 and some in
    /// 64 bits, which the rounded quotient can miss. In 64 bits the product is exact, and its rounding to 32 cannot fall below an integer again.
    /// </summary>
    internal static float ScaleReaching(long from, long to)
    {
        var scale = (float)((double)to / from);
        while (Math.Floor((double)from * scale) < to)
        {
            scale = MathF.BitIncrement(scale);
        }

        return scale;
    }

    /// <summary>A small constant, shared by all layers that ask for the same values; kept outside the scopes.</summary>
    internal OnnxValue Constant(ReadOnlySpan<float> values) => Constant("constant/", values, values.Length);

    /// <inheritdoc cref="Constant(ReadOnlySpan{float})"/>
    internal OnnxValue Constant(ReadOnlySpan<long> values) => Constant("constant/i", values, values.Length);

    /// <inheritdoc cref="Constant(ReadOnlySpan{float})"/>
    internal OnnxValue Constant<T>(string prefix, ReadOnlySpan<T> values, params ReadOnlySpan<long> dimensions)
        where T : unmanaged, IFormattable
    {
        var text = new List<string>(values.Length);
        foreach (var value in values)
        {
            text.Add(value.ToString(null, CultureInfo.InvariantCulture));
        }

        var key = $"{typeof(T).Name}[{string.Join(',', dimensions.ToArray())}]{string.Join(',', text)}";
        if (!_constants.TryGetValue(key, out var constant))
        {
            var tensor = OnnxTensor.Create(Unique(prefix + string.Join('_', text.Take(4))), values, dimensions);
            constant = AddConstant(tensor);
            _constants.Add(key, constant);
        }

        return constant;
    }

    internal OnnxValue AddConstant(OnnxTensor tensor)
    {
        Claim(tensor.Name);
        _model.Graph.Initializer.Add(tensor.Proto);
        _shapes.Declare(tensor.Name, TensorFact.Of(tensor));
        return Value(tensor.Name);
    }

    private OnnxValue Reduce(string opType, int firstOpsetWithAxesInput, OnnxValue x, ReadOnlySpan<long> axes, bool keepDimensions, string? name)
    {
        var keep = OnnxAttribute.Of("keepdims", keepDimensions ? 1 : 0);
        return OpsetVersion >= firstOpsetWithAxesInput
            ? Node(opType, [x, Constant(axes)], [keep], name)
            : Node(opType, [x], [OnnxAttribute.Of("axes", axes), keep], name);
    }

    private static void AddUnlessEmpty(List<OnnxAttribute> attributes, string name, ReadOnlySpan<long> values)
    {
        if (!values.IsEmpty)
        {
            attributes.Add(OnnxAttribute.Of(name, values));
        }
    }
}
