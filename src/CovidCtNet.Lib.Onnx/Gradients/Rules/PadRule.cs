namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Padding: with a constant, the gradient is cut back (pads of the opposite sign); by repetition, repeated elements add up.</summary>
internal static class PadRule
{
    public static void Apply(GradientContext c)
    {
        var x = c.Input(0);
        var rank = x.Shape.Count;
        var given = c.Node.GetIntegers("pads") ?? c.Integers(1) ?? throw c.Unsupported("its pads must be constant");
        int[] axes = c.HasInput(3)
            ? [.. (c.Integers(3) ?? throw c.Unsupported("its axes must be constant")).Select(a => c.Axis(a, rank))]
            : [.. Enumerable.Range(0, rank)];
        var pads = new long[2 * rank];
        for (var i = 0; i < axes.Length; i++)
        {
            pads[axes[i]] = given[i];
            pads[axes[i] + rank] = given[i + axes.Length];
        }

        var mode = c.Node.GetText("mode", "constant");
        if (mode == "constant")
        {
            c.Contribute(0, c.Builder.Node("Pad", [c.Gradient, c.Builder.Constant([.. pads.Select(p => -p)])]));
            return;
        }

        var gradient = c.Gradient;
        for (var axis = 0; axis < rank; axis++)
        {
            if (pads[axis] != 0 || pads[axis + rank] != 0)
            {
                var size = x.Shape[axis].Value ?? throw c.Shape($"axis {axis} of {x.Shape} must be fixed");
                gradient = c.Builder.MultiplyAxis(gradient, axis, Sources(c, mode, size, pads[axis], pads[axis + rank]));
            }
        }

        c.Contribute(0, gradient);
    }

    /// <summary>Row per padded element, with a 1 at the element it repeats.</summary>
    private static double[,] Sources(GradientContext c, string mode, long size, long begin, long end)
    {
        c.LimitConstant(size + begin + end, size);
        var sources = new double[size + begin + end, size];
        for (var i = 0L; i < sources.GetLength(0); i++)
        {
            var position = i - begin;
            var source = mode switch
            {
                "edge" => Math.Clamp(position, 0, size - 1),
                "reflect" => position < 0 ? -position : position >= size ? (2 * (size - 1)) - position : position,
                "wrap" => ((position % size) + size) % size,
                _ => throw c.Unsupported($"mode '{mode}' is not supported"),
            };
            sources[i, source] = 1;
        }

        return sources;
    }
}
