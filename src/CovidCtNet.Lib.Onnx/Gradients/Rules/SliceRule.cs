using CovidCtNet.Lib.Onnx.Shapes;

namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Slicing: the gradient is laid back where the elements were taken, with zeros between.</summary>
internal static class SliceRule
{
    public static void Apply(GradientContext c)
    {
        for (var i = 1; i < 5; i++)
        {
            c.RefuseGradientOf(i, "ranges");
        }

        var x = c.Input(0);
        var ranges = SliceRange.Of(c.InputCount, x.Shape, c.Integers, c.HasInput, c.Shape)
            ?? throw c.Unsupported("its starts, ends, axes and steps must be constant");
        var gradient = c.Gradient;
        var pads = new long[2 * x.Shape.Count];
        foreach (var range in ranges.Where(r => !r.TakesAll))
        {
            if (x.Shape[range.Axis].Value is not { } size || range.Count is not { } count)
            {
                throw c.Shape($"axis {range.Axis} of {x.Shape} must be fixed");
            }

            if (range.Step == 1)
            {
                pads[range.Axis] = range.Start;
                pads[range.Axis + x.Shape.Count] = size - range.Start - count;
                continue;
            }

            c.LimitConstant(count, size);
            var places = new double[count, size];
            for (var i = 0; i < count; i++)
            {
                places[i, range.Start + (i * range.Step)] = 1;
            }

            gradient = c.Builder.MultiplyAxis(gradient, range.Axis, places);
        }

        c.Contribute(0, pads.Any(p => p != 0) ? c.Builder.Node("Pad", [gradient, c.Builder.Constant(pads)]) : gradient);
    }
}
