namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Picking constant places along an axis: the gradient is laid back there; a place picked twice adds up.</summary>
internal static class GatherRule
{
    public static void Apply(GradientContext c)
    {
        c.RefuseGradientOf(1, "indices");
        var x = c.Input(0);
        var axis = c.Axis(c.Node.GetInteger("axis", 0), x.Shape.Count);
        var size = x.Shape[axis].Value ?? throw c.Shape($"axis {axis} of {x.Shape} must be fixed");
        var picks = (c.Integers(1) ?? c.RequireConstant(1).ToIntegers()).Select(p => c.Axis(p, (int)size)).ToArray();
        c.LimitConstant(picks.Length, size);
        var places = new double[picks.Length, size];
        for (var i = 0; i < picks.Length; i++)
        {
            places[i, picks[i]] = 1;
        }

        // The axes of the indices, none or several, become one.
        var joined = OnnxShape.Create([.. x.Shape.Select((d, a) => a == axis ? picks.Length : d)]);
        c.Contribute(0, c.Builder.MultiplyAxis(c.Builder.ReshapeTo(c.Gradient, joined), axis, places));
    }
}
