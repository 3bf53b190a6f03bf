namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Operators that only rearrange elements: the gradient is arranged back.</summary>
internal static class LayoutRules
{
    public static void Reshape(GradientContext c)
    {
        c.RefuseGradientOf(1, "shape");
        c.Contribute(0, c.Builder.ReshapeLike(c.Gradient, c.Input(0)));
    }

    public static void Transpose(GradientContext c)
    {
        var rank = c.Input(0).Shape.Count;
        var order = c.Node.GetIntegers("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(a => (long)a)];
        var back = new long[rank];
        for (var i = 0; i < rank; i++)
        {
            back[order[i]] = i;
        }

        c.Contribute(0, c.Builder.Node("Transpose", [c.Gradient], [OnnxAttribute.Of("perm", back)]));
    }

    public static void DepthToSpace(GradientContext c)
    {
        if (c.Node.GetText("mode", "DCR") != "DCR")
        {
            DepthToSpaceByColumns(c);
            return;
        }

        c.Contribute(0, Move(c, "SpaceToDepth"));
    }

    public static void SpaceToDepth(GradientContext c) => c.Contribute(0, Move(c, "DepthToSpace"));

    /// <summary>The channel-first order (PyTorch's pixel shuffle) has no inverse operator: [N, C, h, b, w, b] is turned to [N, C, b, b, h, w].</summary>
    private static void DepthToSpaceByColumns(GradientContext c)
    {
        var b = c.Builder;
        var block = c.Node.GetInteger("blocksize", 1);
        var x = c.Input(0).Shape;
        if (x is not [_, { Value: { } channels }, { Value: { } height }, { Value: { } width }])
        {
            throw c.Shape($"shape {x} must be fixed but for the batch");
        }

        var split = b.ReshapeTo(c.Gradient, [x[0], channels / (block * block), height, block, width, block]);
        var turned = b.Node("Transpose", [split], [OnnxAttribute.Of("perm", [0L, 1, 3, 5, 2, 4])]);
        c.Contribute(0, b.ReshapeLike(turned, c.Input(0)));
    }

    private static OnnxValue Move(GradientContext c, string opType) =>
        c.Builder.Node(opType, [c.Gradient], [OnnxAttribute.Of("blocksize", c.Node.GetInteger("blocksize", 1))]);
}
