using CovidCtNet.Lib.Onnx.Shapes;

namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>
/// Convolution and its transpose are each other's gradient with the same weight, so no weight is added to the file
/// (Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", arXiv 1603.07285).
/// </summary>
internal static class ConvolutionRules
{
    public static void Conv(GradientContext c)
    {
        c.RefuseGradientOf(1, "weight");
        c.RefuseGradientOf(2, "bias");
        var weight = c.Input(1);
        var kernel = weight.Shape.ToSizes()?[2..] ?? throw c.Shape($"the weight has the open shape {weight.Shape}");
        var geometry = WindowGeometry.Of(c.Node, c.SpatialSizes(c.Input(0)), kernel, c.Shape);
        c.Contribute(0, Transposed(c, c.Gradient, weight, geometry, c.Node.GetInteger("group", 1)));
    }

    public static void ConvTranspose(GradientContext c)
    {
        c.RefuseGradientOf(1, "weight");
        c.RefuseGradientOf(2, "bias");
        if (c.Node.GetText("auto_pad", "NOTSET") != "NOTSET" || c.Node.HasAttribute("output_shape"))
        {
            throw c.Unsupported("is differentiated with explicit pads only");
        }

        List<OnnxAttribute> attributes = [OnnxAttribute.Of("group", c.Node.GetInteger("group", 1))];
        foreach (var name in new[] { "strides", "pads", "dilations" })
        {
            if (c.Node.GetIntegers(name) is { } values)
            {
                attributes.Add(OnnxAttribute.Of(name, values));
            }
        }

        c.Contribute(0, c.Builder.Node("Conv", [c.Gradient, c.Input(1)], [.. attributes]));
    }

    /// <summary>Spreads values over the windows they were gathered from: the transposed convolution that gives exactly the input's size.</summary>
    public static OnnxValue Transposed(GradientContext c, OnnxValue values, OnnxValue weight, WindowGeometry geometry, long group)
    {
        var axes = geometry.Axes;
        var pads = new long[2 * axes];
        var extra = new long[axes];
        for (var i = 0; i < axes; i++)
        {
            var full = ((geometry.Output[i] - 1) * geometry.Strides[i]) + ((geometry.Kernel[i] - 1) * geometry.Dilations[i]) + 1;
            // What the windows do not cover at the end is added as zeros, what they reach beyond is cut off.
            var beyond = full - geometry.PadsBegin[i] - geometry.Input[i];
            pads[i] = geometry.PadsBegin[i];
            pads[i + axes] = Math.Max(beyond, 0);
            extra[i] = Math.Max(-beyond, 0);
        }

        List<OnnxAttribute> attributes =
        [
            OnnxAttribute.Of("kernel_shape", geometry.Kernel),
            OnnxAttribute.Of("strides", geometry.Strides),
            OnnxAttribute.Of("dilations", geometry.Dilations),
            OnnxAttribute.Of("pads", pads),
            OnnxAttribute.Of("group", group),
        ];
        if (extra.Any(e => e > 0))
        {
            attributes.Add(OnnxAttribute.Of("output_padding", extra));
        }

        return c.Builder.Node("ConvTranspose", [values, weight], [.. attributes]);
    }
}
