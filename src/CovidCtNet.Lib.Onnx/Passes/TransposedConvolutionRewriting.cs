using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// Writes transposed convolutions with stride 1, as gradients have them, as plain convolutions with the kernel turned by 180 degrees and its
/// channels exchanged (Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", arXiv 1603.07285, section 4.2). Runtimes
/// have fast kernels for the latter alone; the turned kernels are added to the weights.
/// </summary>
public static class TransposedConvolutionRewriting
{
    /// <summary>Rewrites in place. What has strides, dilations, groups, a weight that is no 32-bit constant or padding beyond its kernel is left alone.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>How many nodes were rewritten.</returns>
    public static int Apply(OnnxGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var main = graph.Model.Graph;
        var index = new GraphIndex(main);
        var names = new GraphNames(main);
        var turned = new Dictionary<string, string>(StringComparer.Ordinal);
        var rewritten = 0;
        foreach (var node in main.Node.Where(n => n.OpType == "ConvTranspose"))
        {
            if (index.FloatConstant(node.Input[1]) is not { } weight || Pads(new OnnxNode(node), weight) is not { } pads)
            {
                continue;
            }

            if (!turned.TryGetValue(weight.Name, out var name))
            {
                turned.Add(weight.Name, name = names.Add<float>($"{weight.Name}/turned", Turn(weight), [weight.Dims[1], weight.Dims[0], .. weight.Dims.Skip(2)]));
            }

            node.OpType = "Conv";
            node.Input[1] = name;
            node.Attribute.Clear();
            node.Attribute.Add([OnnxAttribute.Of("kernel_shape", [.. weight.Dims.Skip(2)]).Proto, OnnxAttribute.Of("pads", pads).Proto]);
            rewritten++;
        }

        if (rewritten > 0)
        {
            UnusedValues.Remove(main);
        }

        return rewritten;
    }

    // The padding k - 1 - p of the plain convolution, or null where there is none that does the same.
    private static long[]? Pads(OnnxNode node, TensorProto weight)
    {
        var axes = weight.Dims.Count - 2;
        bool All(string name, long value) => node.GetIntegers(name) is not { } values || values.All(v => v == value);
        if (axes < 1 || node.GetText("auto_pad", "NOTSET") != "NOTSET" || node.HasAttribute("output_shape") || node.GetInteger("group", 1) != 1
            || !All("strides", 1) || !All("dilations", 1) || !All("output_padding", 0))
        {
            return null;
        }

        var given = node.GetIntegers("pads") ?? new long[2 * axes];
        long[] pads = [.. given.Select((p, i) => weight.Dims[2 + (i % axes)] - 1 - p)];
        return pads.All(p => p >= 0) ? pads : null;
    }

    // [M, C, k...] to [C, M, k...], the positions of each kernel in reverse.
    private static float[] Turn(TensorProto weight)
    {
        var source = new OnnxTensor(weight).ToSingles();
        var (m, c) = ((int)weight.Dims[0], (int)weight.Dims[1]);
        var positions = source.Length / Math.Max(1, m * c);
        var values = new float[source.Length];
        for (var from = 0; from < m; from++)
        {
            for (var to = 0; to < c; to++)
            {
                var kernel = values.AsSpan(((to * m) + from) * positions, positions);
                source.AsSpan(((from * c) + to) * positions, positions).CopyTo(kernel);
                kernel.Reverse();
            }
        }

        return values;
    }
}
