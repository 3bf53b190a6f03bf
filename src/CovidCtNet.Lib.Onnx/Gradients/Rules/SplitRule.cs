namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Splitting: the gradients of the parts are joined; a part the scalar does not depend on gives zeros.</summary>
internal static class SplitRule
{
    public static void Apply(GradientContext c)
    {
        c.RefuseGradientOf(1, "sizes");
        var b = c.Builder;
        var parts = new OnnxValue?[c.Node.Outputs.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = c.OutputGradient(i) ?? b.ExpandLike(b.Scalar(0, c.Input(0)), c.Output(i));
        }

        c.Contribute(0, b.Node("Concat", parts, [OnnxAttribute.Of("axis", c.Node.GetInteger("axis", 0))]));
    }
}
