namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>
/// Tells maps [N, C, h, w] from maps [N, h, w, C], which have as many axes: networks go from one to the other by transposing, for instance around a
/// normalisation or a linear layer of the channels (ConvNeXt), or from their input on (Keras).
/// </summary>
internal static class ChannelLayout
{
    // By definition their channels are axis 1.
    private static readonly HashSet<string> ChannelsFirst =
    [
        "Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "BatchNormalization",
        "InstanceNormalization", "LRN", "DepthToSpace", "SpaceToDepth",
    ];

    /// <summary>Names of the tensors whose channels are not axis 1.</summary>
    public static HashSet<string> FindOthers(OnnxGraph graph, OnnxShapeInference shapes)
    {
        HashSet<string> others = new(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            if (node.Outputs.Count > 0 && IsOther(node, shapes, others))
            {
                others.UnionWith(node.Outputs);
            }
        }

        return others;
    }

    private static bool IsOther(OnnxNode node, OnnxShapeInference shapes, HashSet<string> others)
    {
        if (ChannelsFirst.Contains(node.OpType))
        {
            return false;
        }

        var inherits = node.Inputs.Any(others.Contains);
        return node.OpType switch
        {
            "Transpose" when node.GetIntegers("perm") is { Length: 4 } order => order switch
            {
                [0, 3, 1, 2] => false,
                [0, 1, ..] => inherits,
                _ => true,
            },
            // A product of matrices leaves features in the last axis.
            "MatMul" => inherits || shapes.Find(node.Outputs[0])?.Shape?.Count == 4,
            _ => inherits,
        };
    }
}
