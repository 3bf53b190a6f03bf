using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// Gives a graph whose input is [N, H, W, C] the input [N, C, H, W], where transposing is all that the graph does with it: so tf2onnx writes
/// networks of Keras.
/// </summary>
public static class ChannelsFirstInput
{
    // Pictures have 1 to 4 channels; a larger last axis is no axis of channels.
    private const int MostChannels = 4;

    /// <summary>Rewrites in place: the input takes the shape that the transposed one had, and its readers read it directly.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>Whether there was such an input.</returns>
    public static bool Apply(OnnxGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var main = graph.Model.Graph;
        if (graph.Inputs is not [{ Shape: [_, _, _, var channels], Name: var input }] || channels.Value > MostChannels)
        {
            return false;
        }

        var readers = main.Node.Where(n => n.Input.Contains(input)).ToList();
        var outputs = main.Output.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        if (readers.Count == 0 || !readers.TrueForAll(IsToChannelsFirst) || readers.Exists(r => outputs.Contains(r.Output[0])))
        {
            return false;
        }

        var transposed = readers.Select(r => r.Output[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var node in main.Node)
        {
            for (var i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = transposed.Contains(node.Input[i]) ? input : node.Input[i];
            }
        }

        readers.ForEach(r => main.Node.Remove(r));
        var dimensions = main.Input.Single(i => i.Name == input).Type.TensorType.Shape.Dim;
        var last = dimensions[3];
        dimensions.RemoveAt(3);
        dimensions.Insert(1, last);
        return true;
    }

    private static bool IsToChannelsFirst(NodeProto node) =>
        node.OpType == "Transpose" && node.Domain.Length == 0 && node.Attribute.FirstOrDefault(a => a.Name == "perm")?.Ints is [0, 3, 1, 2];
}
