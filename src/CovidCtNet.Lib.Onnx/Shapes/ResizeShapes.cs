namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Resampling.</summary>
internal static class ResizeShapes
{
    public static void Register(Dictionary<string, ShapeRule> table)
    {
        table["Resize"] = Resize;
        table["Upsample"] = Resize;
    }

    private static TensorFact[] Resize(ShapeContext c)
    {
        var x = c.Shape(0);
        var axes = c.Node.GetIntegers("axes") is { } given
            ? [.. given.Select(a => c.Axis(a, x.Count))]
            : Enumerable.Range(0, x.Count).ToArray();
        var dimensions = x.ToArray();
        // Exporters write an empty scales tensor where sizes are given.
        if (c.HasInput(3) && !IsEmpty(c.Input(3)))
        {
            if (c.Input(3).Values is not { } sizes)
            {
                return [new(c.Type, null)];
            }

            CheckCount(c, sizes.Count, axes.Length, "sizes");
            if (c.Node.GetText("keep_aspect_ratio_policy", "stretch") != "stretch")
            {
                return [new(c.Type, null)];
            }

            for (var i = 0; i < axes.Length; i++)
            {
                dimensions[axes[i]] = sizes[i];
            }

            return [new(c.Type, OnnxShape.Create(dimensions))];
        }

        var scalesInput = c.Node.OpType == "Upsample" ? 1 : 2;
        if (!c.HasInput(scalesInput) || c.Input(scalesInput).Constant is not { } constant)
        {
            return [new(c.Type, null)];
        }

        var scales = constant.ToSingles();
        CheckCount(c, scales.Length, axes.Length, "scales");
        for (var i = 0; i < axes.Length; i++)
        {
            dimensions[axes[i]] = x[axes[i]].Value is { } size ? (long)Math.Floor((double)size * scales[i])
                : scales[i] == 1 ? x[axes[i]]
                : OnnxDimension.Unknown;
        }

        return [new(c.Type, OnnxShape.Create(dimensions))];
    }

    private static bool IsEmpty(TensorFact fact) => fact.Shape?.ElementCount == 0;

    private static void CheckCount(ShapeContext c, int count, int axes, string what)
    {
        if (count != axes)
        {
            throw c.Fail($"has {count} {what} for {axes} axes");
        }
    }
}
