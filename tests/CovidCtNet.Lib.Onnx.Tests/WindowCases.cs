using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>Cases of <see cref="GradientRuleTests"/>: convolutions and poolings in every setting.</summary>
internal static class WindowCases
{
    public static void Add(Dictionary<string, Action> cases)
    {
        Convolutions(cases);
        Poolings(cases);
    }

    /// <summary>
    /// Adds a fixed pattern with steps of 3 to the data, so that a step of 0.5 changes no maximum and the pooling is linear where it is probed.
    /// </summary>
    public static OnnxValue Spaced(OnnxGraphBuilder b, OnnxValue x, Func<OnnxValue, OnnxValue> layer)
    {
        var sizes = x.Shape.Skip(1).Select(d => d.Value!.Value).ToArray();
        var count = (int)sizes.Aggregate(1L, (p, s) => p * s);
        var order = Enumerable.Range(0, count).ToArray();
        new Random(9).Shuffle(order);
        return layer(b.Add(x, b.Initializer<float>("pattern", [.. order.Select(v => 3f * v)], [1, .. sizes])));
    }

    private static void Convolutions(Dictionary<string, Action> cases)
    {
        var random = new Random(2);
        OnnxAttribute Attr(string name, params long[] values) => OnnxAttribute.Of(name, values);
        void Case(string name, int[] shape, long[] weight, params OnnxAttribute[] attributes) =>
            cases[$"Conv {name}"] = () => FiniteDifference.Check((b, x) => b.Node("Conv", [x, b.Weight(new Random(7), "w", 0.5, weight)], attributes), shape, OnnxElementType.Float32);

        Case("plain", [2, 5, 4], [3, 2, 3, 3]);
        Case("stride leaving a rest", [1, 6, 7], [2, 1, 3, 2], Attr("strides", 2, 3));
        Case("asymmetric pads", [1, 5, 5], [2, 1, 3, 3], Attr("strides", 2, 2), Attr("pads", 1, 0, 2, 1));
        Case("pads larger than needed", [1, 4, 5], [2, 1, 3, 3], Attr("strides", 3, 2), Attr("pads", 1, 2, 1, 2));
        Case("dilation", [1, 7, 6], [2, 1, 3, 2], Attr("dilations", 2, 3), Attr("strides", 2, 1));
        Case("groups", [4, 4, 4], [6, 2, 3, 3], OnnxAttribute.Of("group", 2), Attr("pads", 1, 1, 1, 1));
        Case("depthwise", [3, 5, 5], [3, 1, 3, 3], OnnxAttribute.Of("group", 3), Attr("strides", 2, 2), Attr("pads", 1, 1, 1, 1));
        Case("stride larger than kernel", [1, 7, 8], [2, 1, 1, 2], Attr("strides", 3, 3));
        Case("one axis", [2, 9], [3, 2, 3], Attr("strides", 2), Attr("pads", 1, 0));
        Case("three axes", [1, 4, 3, 4], [2, 1, 2, 2, 2], Attr("strides", 2, 1, 2), Attr("pads", 0, 1, 0, 1, 0, 0));
        foreach (var size in new[] { 5, 6, 7 })
        {
            Case($"SAME_UPPER {size}", [1, size, 6], [2, 1, 3, 2], OnnxAttribute.Of("auto_pad", "SAME_UPPER"), Attr("strides", 2, 3));
            Case($"SAME_LOWER {size}", [1, size, 6], [2, 1, 4, 3], OnnxAttribute.Of("auto_pad", "SAME_LOWER"), Attr("strides", 2, 2));
            Case($"VALID {size}", [1, size, 6], [2, 1, 3, 2], OnnxAttribute.Of("auto_pad", "VALID"), Attr("strides", 2, 3));
        }

        cases["Conv with bias in opset 11"] = () => FiniteDifference.Check(
            (b, x) => b.Conv(x, b.Weight(random, "w", 0.5, 3, 1, 3, 3), b.Weight(random, "bias", 1, 3), pads: [1, 1, 1, 1]), [1, 4, 4], OnnxElementType.Float32, opset: 11);
        cases["ConvTranspose with everything"] = () => FiniteDifference.Check(
            (b, x) => b.Node("ConvTranspose", [x, b.Weight(random, "w", 0.5, 4, 3, 3, 2)], [Attr("strides", 2, 3), Attr("pads", 1, 0, 0, 1), Attr("output_padding", 1, 2), OnnxAttribute.Of("group", 2)]),
            [4, 3, 4], OnnxElementType.Float32);
    }

    private static void Poolings(Dictionary<string, Action> cases)
    {
        OnnxAttribute Attr(string name, params long[] values) => OnnxAttribute.Of(name, values);
        // Both ways of the maximum: an adding scatter (16 and later) and the transposed convolution.
        foreach (var opset in new[] { 11, 15, 18 })
        {
            void Max(string name, int[] shape, params OnnxAttribute[] attributes) => cases[$"MaxPool {opset} {name}"] = () =>
                FiniteDifference.Check((b, x) => Spaced(b, x, v => b.Node("MaxPool", [v], attributes)), shape, OnnxElementType.Float32, opset, low: -0.01, high: 0.01);

            Max("overlapping", [2, 5, 7], Attr("kernel_shape", 3, 3), Attr("strides", 2, 2));
            Max("rounding up", [2, 6, 7], Attr("kernel_shape", 3, 3), Attr("strides", 2, 2), OnnxAttribute.Of("ceil_mode", 1));
            Max("padded", [1, 5, 6], Attr("kernel_shape", 3, 2), Attr("strides", 1, 2), Attr("pads", 1, 0, 1, 1));
            Max("dilated", [1, 7, 6], Attr("kernel_shape", 3, 2), Attr("dilations", 2, 3));
            Max("SAME_UPPER", [1, 6, 5], Attr("kernel_shape", 3, 3), Attr("strides", 2, 2), OnnxAttribute.Of("auto_pad", "SAME_UPPER"));
            Max("SAME_LOWER", [1, 6, 5], Attr("kernel_shape", 4, 3), Attr("strides", 2, 2), OnnxAttribute.Of("auto_pad", "SAME_LOWER"));
            Max("without a common element", [2, 7, 8], Attr("kernel_shape", 3, 2), Attr("strides", 4, 2), Attr("pads", 1, 0, 1, 0));
            Max("one window", [2, 3, 4], Attr("kernel_shape", 3, 4));
            LeavingOut($"MaxPool {opset}", "MaxPool", opset, [2, 5, 6], [2, 2], [2, 2], [1, 0, 1, 0]);
            Max("one axis", [2, 9], Attr("kernel_shape", 3), Attr("strides", 2));
            Max("three axes", [1, 4, 3, 4], Attr("kernel_shape", 2, 2, 2), Attr("strides", 2, 1, 1));
        }

        foreach (var include in new long[] { 0, 1 })
        {
            void Average(string name, int opset, int[] shape, params OnnxAttribute[] attributes) => cases[$"AveragePool {opset} {name} {include}"] = () =>
                FiniteDifference.Check((b, x) => b.Node("AveragePool", [x], [OnnxAttribute.Of("count_include_pad", include), .. attributes]), shape, OnnxElementType.Float32, opset);

            Average("plain", 11, [2, 5, 7], Attr("kernel_shape", 3, 2), Attr("strides", 2, 3));
            Average("padded", 18, [1, 5, 6], Attr("kernel_shape", 3, 3), Attr("strides", 2, 1), Attr("pads", 1, 0, 1, 2));
            Average("rounding up", 18, [1, 6, 8], Attr("kernel_shape", 3, 3), Attr("strides", 2, 2), OnnxAttribute.Of("ceil_mode", 1));
            Average("rounding up, padded", 19, [1, 6, 7], Attr("kernel_shape", 3, 3), Attr("strides", 2, 3), Attr("pads", 1, 1, 1, 0), OnnxAttribute.Of("ceil_mode", 1));
            Average("rounding up, padded", 11, [1, 6, 7], Attr("kernel_shape", 3, 3), Attr("strides", 2, 3), Attr("pads", 1, 1, 1, 0), OnnxAttribute.Of("ceil_mode", 1));
            LeavingOut($"AveragePool 18 {include}", "AveragePool", 18, [2, 6, 10], [3, 3], [2, 2], [2, 0, 2, 0], OnnxAttribute.Of("count_include_pad", include));
            Average("dilated", 19, [1, 7, 6], Attr("kernel_shape", 3, 2), Attr("dilations", 2, 3), Attr("pads", 1, 0, 0, 0));
            Average("SAME_UPPER", 18, [1, 6, 5], Attr("kernel_shape", 3, 2), Attr("strides", 2, 2), OnnxAttribute.Of("auto_pad", "SAME_UPPER"));
        }

        // The runtime takes such a file only where nothing behind depends on the sizes: its static shapes count the window too.
        void LeavingOut(string name, string opType, int opset, int[] shape, long[] kernel, long[] strides, long[] pads, params OnnxAttribute[] more) =>
            cases[$"{name} leaving out a window"] = () => FiniteDifference.Check(
                (b, x) => b.GlobalAveragePool(Spaced(b, x, v => b.Node(
                    opType, [v], [Attr("kernel_shape", kernel), Attr("strides", strides), Attr("pads", pads), OnnxAttribute.Of("ceil_mode", 1), .. more]))),
                shape, OnnxElementType.Float32, opset, low: -0.01, high: 0.01);
    }
}
