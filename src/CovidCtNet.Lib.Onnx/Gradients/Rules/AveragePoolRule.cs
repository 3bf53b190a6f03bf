using CovidCtNet.Lib.Onnx.Shapes;

namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Average pooling: each gradient is divided by the number of elements of its window and spread over them.</summary>
internal static class AveragePoolRule
{
    public static void Apply(GradientContext c)
    {
        var b = c.Builder;
        var geometry = WindowGeometry.Of(
            c.Node, c.SpatialSizes(c.Input(0)), c.Node.GetIntegers("kernel_shape") ?? throw c.Shape("has no kernel_shape"), c.Shape);
        c.LimitConstant(geometry.Kernel);
        c.LimitConstant(geometry.Output);
        var type = c.Gradient.ElementType;
        OnnxShape planes = OnnxShape.Create([OnnxDimension.Unknown, 1, .. geometry.Output.Select(OnnxDimension.FromInt64)]);
        var shares = b.Mul(b.ReshapeTo(c.Gradient, planes), b.ConstantOf(type, Shares(c, geometry), [1, 1, .. geometry.Output]));
        var ones = new double[geometry.Kernel.Aggregate(1L, (p, k) => p * k)];
        Array.Fill(ones, 1);
        var weight = b.ConstantOf(type, ones, [1, 1, .. geometry.Kernel]);
        c.Contribute(0, b.ReshapeLike(ConvolutionRules.Transposed(c, shares, weight, geometry, group: 1), c.Input(0)));
    }

    /// <summary>1 / count of each window, row-major: the outer product over the axes.</summary>
    private static double[] Shares(GradientContext c, WindowGeometry geometry)
    {
        var includePads = c.Node.GetInteger("count_include_pad", 0) != 0;
        double[] shares = [1];
        for (var axis = 0; axis < geometry.Axes; axis++)
        {
            var counts = new double[geometry.Output[axis]];
            for (var i = 0; i < counts.Length; i++)
            {
                counts[i] = Count(geometry, axis, i, includePads);
            }

            shares = [.. shares.SelectMany(s => counts.Select(n => s / n))];
        }

        return shares;
    }

    private static long Count(WindowGeometry geometry, int axis, long window, bool includePads)
    {
        var (step, kernel) = (geometry.Dilations[axis], geometry.Kernel[axis]);
        var first = (window * geometry.Strides[axis]) - geometry.PadsBegin[axis];
        // A window that rounding up pushes over the padded edge does not count what lies beyond it.
        var (low, high) = includePads ? (-geometry.PadsBegin[axis], geometry.Input[axis] + geometry.PadsEnd[axis]) : (0L, geometry.Input[axis]);
        return Below(high) - Below(low);

        // How many elements of the window lie before a position.
        long Below(long position) => Math.Clamp((position - first + step - 1) / step, 0, kernel);
    }
}
