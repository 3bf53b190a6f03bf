using CovidCtNet.Lib.Onnx.Shapes;

namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>
/// Maximum pooling: each gradient goes to the element its window chose, which the operator's second output names. Overlapping windows add up.
/// </summary>
internal static class MaxPoolRule
{
    /// <summary>From here on a scatter can add.</summary>
    private const int FirstOpsetWithAddingScatter = 16;

    /// <summary>
    /// Largest overlapping window that is spread without an adding scatter: the kernels that lay it out hold the square of it, here 4 MB in 32 bits.
    /// </summary>
    private const int MostPlaces = 1024;

    public static void Apply(GradientContext c)
    {
        if (c.Node.GetInteger("storage_order", 0) != 0)
        {
            throw c.Unsupported("counts its indices column by column, which is not supported");
        }

        var geometry = WindowGeometry.Of(
            c.Node, c.SpatialSizes(c.Input(0)), c.Node.GetIntegers("kernel_shape") ?? throw c.Shape("has no kernel_shape"), c.Shape);
        var indices = Indices(c);
        c.Contribute(0, c.Opset >= FirstOpsetWithAddingScatter ? Scatter(c, indices, OnnxAttribute.Of("reduction", "add"))
            // Windows without a common element choose each element at most once: nothing has to be added up.
            : geometry.IsDisjoint() ? Scatter(c, indices)
            : Spread(c, indices, geometry));
    }

    /// <summary>The output with the position of each maximum, counted through the whole input; added to the node where it is not asked for yet.</summary>
    private static OnnxValue Indices(GradientContext c)
    {
        var node = c.Node.Proto;
        if (node.Output.Count < 2 || node.Output[1].Length == 0)
        {
            c.Builder.AddOutputTo(c.Node, "Indices");
        }

        return c.Output(1);
    }

    private static OnnxValue Scatter(GradientContext c, OnnxValue indices, params ReadOnlySpan<OnnxAttribute> reduction)
    {
        var b = c.Builder;
        var x = c.Input(0);
        var flat = b.Constant([-1L]);
        var zeros = b.Node("Reshape", [b.ExpandLike(b.Scalar(0, x), x), flat]);
        var sum = b.Node(
            "ScatterElements",
            [zeros, b.Node("Reshape", [indices, flat]), b.Node("Reshape", [c.Gradient, flat])],
            [OnnxAttribute.Of("axis", 0), .. reduction]);
        return b.ReshapeLike(sum, x);
    }

    /// <summary>
    /// Overlapping windows without an adding scatter: the index is turned into the place within its window, the places become channels, and a
    /// transposed convolution whose kernels are single ones lays the channels out.
    /// </summary>
    private static OnnxValue Spread(GradientContext c, OnnxValue indices, WindowGeometry geometry)
    {
        // In floating point, as sizes of a file at fault overflow.
        if (geometry.Kernel.Aggregate(1.0, (p, k) => p * k) is > MostPlaces and var size)
        {
            throw c.Unsupported(
                $"has overlapping windows of {size} elements; up to {MostPlaces} are supported below operator set {FirstOpsetWithAddingScatter}. Export with a newer one");
        }

        c.LimitConstant(geometry.Output);
        var b = c.Builder;
        var places = geometry.Kernel.Aggregate(1L, (p, k) => p * k);
        OnnxShape planes = OnnxShape.Create([OnnxDimension.Unknown, 1, .. geometry.Output.Select(OnnxDimension.FromInt64)]);
        var place = PlaceInWindow(c, b.ReshapeTo(indices, planes), geometry);

        long[] perPlace = [1, places, .. Enumerable.Repeat(1L, geometry.Axes)];
        var all = b.Constant<long>("places/", [.. Enumerable.Range(0, (int)places).Select(i => (long)i)], perPlace);
        var mask = b.Indicator(b.Node("Equal", [place, all]), c.Gradient);
        var channels = b.Mul(mask, b.ReshapeTo(c.Gradient, planes));

        var kernels = new double[places * places];
        for (var i = 0; i < places; i++)
        {
            kernels[(i * places) + i] = 1;
        }

        var weight = b.ConstantOf(c.Gradient.ElementType, kernels, [places, 1, .. geometry.Kernel]);
        return b.ReshapeLike(ConvolutionRules.Transposed(c, channels, weight, geometry, group: 1), c.Input(0));
    }

    /// <summary>Row-major place within its window of each index, 0 to the size of the window.</summary>
    private static OnnxValue PlaceInWindow(GradientContext c, OnnxValue indices, WindowGeometry geometry)
    {
        var b = c.Builder;
        var plane = geometry.Input.Aggregate(1L, (p, s) => p * s);
        var rest = b.Node("Mod", [indices, b.Constant([plane])]);
        OnnxValue? place = null;
        for (var axis = 0; axis < geometry.Axes; axis++)
        {
            plane /= geometry.Input[axis];
            var coordinate = b.Div(rest, b.Constant([plane]));
            rest = b.Node("Mod", [rest, b.Constant([plane])]);

            var start = new long[geometry.Output[axis]];
            for (var i = 0; i < start.Length; i++)
            {
                start[i] = (i * geometry.Strides[axis]) - geometry.PadsBegin[axis];
            }

            long[] along = [1, 1, .. Enumerable.Range(0, geometry.Axes).Select(a => a == axis ? start.LongLength : 1)];
            var offset = b.Div(b.Sub(coordinate, b.Constant("starts/", start, along)), b.Constant([geometry.Dilations[axis]]));
            place = place is null ? offset : b.Add(b.Mul(place, b.Constant([geometry.Kernel[axis]])), offset);
        }

        return place!;
    }
}
