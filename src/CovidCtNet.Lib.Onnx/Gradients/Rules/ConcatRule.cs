namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Concatenation: each operand gets its section of the gradient.</summary>
internal static class ConcatRule
{
    public static void Apply(GradientContext c)
    {
        var axis = c.Axis(c.Node.GetInteger("axis", 0), c.Output().Shape.Count);
        long offset = 0;
        for (var i = 0; i < c.InputCount; i++)
        {
            var size = c.Input(i).Shape[axis].Value ?? throw c.Shape($"input {i} has an open size along axis {axis}");
            if (c.Wants(i))
            {
                var b = c.Builder;
                c.Contribute(i, b.Node("Slice", [c.Gradient, b.Constant([offset]), b.Constant([offset + size]), b.Constant([(long)axis])]));
            }

            offset += size;
        }
    }
}
