using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx.Quantization;

/// <summary>
/// Writes batch normalisations over images as 1x1 depthwise convolutions: the same function, <c>x * s + (bias - mean * s)</c> per channel, in
/// an operator that has an 8-bit kernel and stays in the layout of its neighbours.
/// </summary>
internal static class NormalizationConversion
{
    public static int Apply(OnnxGraph graph)
    {
        var main = graph.Model.Graph;
        var index = new GraphIndex(main);
        var names = new GraphNames(main);
        var shapes = OnnxShapeInference.Infer(graph);
        var converted = 0;
        foreach (var node in main.Node.Where(n => n.OpType == "BatchNormalization").ToList())
        {
            var parameters = node.Input.Skip(1).Select(index.FloatConstant).ToArray();
            if (shapes.Find(node.Input[0])?.Shape is not { Count: 4 }
                || parameters.Length != 4
                || parameters.Any(p => p is null)
                || node.Output.Skip(1).Any(o => o.Length > 0)
                || new OnnxNode(node).GetInteger("training_mode", 0) != 0)
            {
                continue;
            }

            Convert(node, [.. parameters.Select(p => new OnnxTensor(p!).ToDoubles())], names);
            converted++;
        }

        if (converted > 0)
        {
            UnusedValues.Remove(main);
        }

        return converted;
    }

    private static void Convert(NodeProto node, double[][] parameters, GraphNames names)
    {
        double epsilon = new OnnxNode(node).GetSingle("epsilon", 1e-5f);
        var channels = parameters[0].Length;
        var weight = new float[channels];
        var bias = new float[channels];
        for (var c = 0; c < channels; c++)
        {
            var factor = parameters[0][c] / Math.Sqrt(parameters[3][c] + epsilon);
            weight[c] = (float)factor;
            bias[c] = (float)(parameters[1][c] - (parameters[2][c] * factor));
        }

        var output = node.Output[0];
        var input = node.Input[0];
        node.OpType = "Conv";
        node.Input.Clear();
        node.Input.Add([input, names.Add<float>($"{output}/depthwise", weight, channels, 1, 1, 1), names.Add<float>($"{output}/depthwise_bias", bias, channels)]);
        node.Output.Clear();
        node.Output.Add(output);
        node.Attribute.Clear();
        node.Attribute.Add([OnnxAttribute.Of("kernel_shape", [1L, 1]).Proto, OnnxAttribute.Of("group", channels).Proto]);
    }
}
