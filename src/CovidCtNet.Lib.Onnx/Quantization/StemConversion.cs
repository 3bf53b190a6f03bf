using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx.Quantization;

/// <summary>
/// Writes convolutions with stride 2 of an input as <c>SpaceToDepth</c> and a convolution with stride 1: pixel (2y + dy, 2x + dx) of channel
/// c becomes channel (2 dy + dx) C + c of pixel (y, x), and the kernel, padded with zeros to an even start and size, is laid out alike.
/// </summary>
internal static class StemConversion
{
    private const int MostChannels = 4;

    public static int Apply(OnnxGraph graph)
    {
        var main = graph.Model.Graph;
        var index = new GraphIndex(main);
        var names = new GraphNames(main);
        var shapes = OnnxShapeInference.Infer(graph);
        var inputs = main.Input.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        var converted = 0;
        foreach (var node in main.Node.Where(n => n.OpType == "Conv" && inputs.Contains(n.Input[0])).ToList())
        {
            if (index.FloatConstant(node.Input[1]) is { } weight
                && shapes.Find(node.Input[0])?.Shape is [_, _, { Value: { } height }, { Value: { } width }]
                && Geometry.Of(node, weight, height, width) is { } geometry)
            {
                Convert(main, node, weight, geometry, names);
                converted++;
            }
        }

        if (converted > 0)
        {
            UnusedValues.Remove(main);
        }

        return converted;
    }

    private static void Convert(GraphProto main, NodeProto node, TensorProto weight, Geometry geometry, GraphNames names)
    {
        var (filters, channels) = ((int)weight.Dims[0], (int)weight.Dims[1]);
        var (rows, columns) = (geometry.Rows, geometry.Columns);
        var source = new OnnxTensor(weight).ToSingles();
        var values = new float[filters * 4 * channels * rows.Kernel * columns.Kernel];
        for (var i = 0; i < source.Length; i++)
        {
            var x = (i % (int)weight.Dims[3]) + columns.Before;
            var y = (i / (int)weight.Dims[3] % (int)weight.Dims[2]) + rows.Before;
            var c = i / (int)(weight.Dims[3] * weight.Dims[2]) % channels;
            var f = i / (int)(weight.Dims[3] * weight.Dims[2]) / channels;
            var channel = (((y % 2 * 2) + (x % 2)) * channels) + c;
            values[(((((f * 4 * channels) + channel) * rows.Kernel) + (y / 2)) * columns.Kernel) + (x / 2)] = source[i];
        }

        var folded = names.Claim($"{OnnxNode.NameOf(node)}/space_to_depth");
        var shuffle = new NodeProto { OpType = "SpaceToDepth", Name = folded };
        shuffle.Input.Add(node.Input[0]);
        shuffle.Output.Add(folded);
        shuffle.Attribute.Add(OnnxAttribute.Of("blocksize", 2).Proto);
        main.Node.Insert(main.Node.IndexOf(node), shuffle);
        node.Input[0] = folded;
        node.Input[1] = names.Add<float>($"{weight.Name}/space_to_depth", values, filters, 4 * channels, rows.Kernel, columns.Kernel);
        node.Attribute.Clear();
        node.Attribute.Add(
        [
            OnnxAttribute.Of("kernel_shape", [(long)rows.Kernel, columns.Kernel]).Proto,
            OnnxAttribute.Of("pads", [(long)rows.Begin, columns.Begin, rows.End, columns.End]).Proto,
        ]);
    }

    /// <summary>One axis of the new kernel.</summary>
    /// <param name="Before">Zeros in front of the old kernel.</param>
    /// <param name="Kernel">Size of the new one.</param>
    /// <param name="Begin">Padding before the image.</param>
    /// <param name="End">Padding behind it.</param>
    private readonly record struct Axis(int Before, int Kernel, int Begin, int End)
    {
        /// <summary>Null where the axis has an odd size, or its last pixels are not read.</summary>
        public static Axis? Of(int size, int kernel, int begin, int end)
        {
            var before = begin % 2;
            var (newKernel, newBegin) = ((kernel + before + 1) / 2, (begin + before) / 2);
            var output = ((size + begin + end - kernel) / 2) + 1;
            var newEnd = output - (size / 2) - newBegin + newKernel - 1;
            return size % 2 == 0 && newEnd >= 0 ? new Axis(before, newKernel, newBegin, newEnd) : null;
        }
    }

    private sealed record Geometry(Axis Rows, Axis Columns)
    {
        public static Geometry? Of(NodeProto node, TensorProto weight, long height, long width)
        {
            var view = new OnnxNode(node);
            var pads = view.GetIntegers("pads") ?? [0, 0, 0, 0];
            return weight.Dims.Count == 4
                && weight.Dims[1] <= MostChannels
                && view.GetInteger("group", 1) == 1
                && view.GetText("auto_pad", "NOTSET") == "NOTSET"
                && view.GetIntegers("strides") is [2, 2]
                && (view.GetIntegers("dilations") ?? [1, 1]) is [1, 1]
                && Axis.Of((int)height, (int)weight.Dims[2], (int)pads[0], (int)pads[2]) is { } rows
                && Axis.Of((int)width, (int)weight.Dims[3], (int)pads[1], (int)pads[3]) is { } columns
                ? new Geometry(rows, columns)
                : null;
        }
    }
}
