using System.Globalization;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>Finds the layers of a graph that can be explained.</summary>
internal static class GraphLayers
{
    // They repeat or only rearrange the layer before, or weigh it: no feature of their own.
    private static readonly HashSet<string> Passing =
        ["Identity", "Dropout", "Pad", "Cast", "Reshape", "Transpose", "Sigmoid", "HardSigmoid", "Softmax", "Resize", "Constant", "Slice", "Split", "Squeeze", "Unsqueeze", "Expand", "QuantizeLinear", "DequantizeLinear"];

    /// <summary>Tensors [N, C, h, w] between input and scores with more than one place, in the order of the graph.</summary>
    public static List<TargetLayer> Candidates(OnnxGraph graph, IReadOnlyDictionary<string, OnnxShape> inputShapes, string input, string scores)
    {
        var reached = Reached(graph, input);
        var makers = graph.Nodes.Where(n => n.Outputs.Count > 0).ToDictionary(n => n.Outputs[0], n => n.OpType, StringComparer.Ordinal);
        List<TargetLayer> layers = [];
        foreach (var map in GraphGradient.FindFeatureMaps(graph, scores, inputShapes))
        {
            if (makers.GetValueOrDefault(map.Name) is { } operation && !Passing.Contains(operation) && reached.Contains(map.Name)
                && map is { ElementType: OnnxElementType.Float32, Shape: [_, { Value: { } channels }, { Value: { } height }, { Value: { } width }] })
            {
                layers.Add(new TargetLayer(map.Name, operation, (int)channels, (int)height, (int)width));
            }
        }

        return layers;
    }

    /// <summary>
    /// The layer looked at where none is named: the output of the last attention module, which is the last before the network's final
    /// reduction; in a graph without attention modules the last layer with more than one place.
    /// </summary>
    public static string? Default(IReadOnlyList<TargetLayer> layers) =>
        layers.LastOrDefault(layer => IsModule(layer.Name))?.Name
        ?? (layers.Count > 0 ? layers[^1].Name : null);

    /// <summary>The layers joined where none are named; empty where no layer is coarse enough.</summary>
    public static IReadOnlyList<string> Fused(IReadOnlyList<TargetLayer> layers, int width, int height)
    {
        if (Default(layers) is { } last && IsModule(last))
        {
            // The entry of the last module, what the module before it gave, and what the last one gives: chosen for the default model, see
            // docs/decisions/default-layer.md.
            string[] entries = [.. layers.Select(l => l.Name).Where(IsEntry)];
            var before = entries is [.., var entry] ? layers.TakeWhile(l => l.Name != entry).LastOrDefault(l => IsModule(l.Name))?.Name : null;
            return [.. before is null ? [] : (string[])[before], .. entries.TakeLast(1), last];
        }

        return [.. layers.Where(l => l.Width * 8 <= width && l.Height * 8 <= height).GroupBy(l => (l.Width, l.Height)).Select(grid => grid.Last().Name)];
    }

    /// <summary>
    /// The finer layers whose Layer-CAM is joined where none are named: the last activation of the unit before the attention module before the
    /// last, and that of its trunk's last unit but one; empty without such modules. Chosen for the default model as <see cref="Fused"/> were.
    /// </summary>
    public static IReadOnlyList<string> Fine(IReadOnlyList<TargetLayer> layers)
    {
        string[] names = [.. layers.Select(l => l.Name)];
        if (!names.Any(IsModule) || names.Where(IsEntry).ToArray() is not [.., var entry, _])
        {
            return [];
        }

        var (unit, trunk) = (entry[..^"sum".Length], names.SkipWhile(n => n != entry).Skip(1).TakeWhile(n => !IsEntry(n)).Where(n => n.Contains("/trunk", StringComparison.Ordinal)));
        return [.. names.Where(n => n == unit + "bn3/relu"), .. trunk.Where(n => n.EndsWith("/bn2/relu", StringComparison.Ordinal)).TakeLast(1)];
    }

    /// <summary>Names of the attention modules' mask tensors, first module first.</summary>
    public static List<string> Masks(OnnxGraph graph)
    {
        List<string> masks = [];
        for (var module = 1; graph.HasTensor(Mask(module)); module++)
        {
            masks.Add(Mask(module));
        }

        return masks;

        static string Mask(int module) => string.Create(CultureInfo.InvariantCulture, $"attention{module}/mask/values");
    }

    private static bool IsModule(string layer) => layer.StartsWith("attention", StringComparison.Ordinal) && layer.EndsWith("/after/sum", StringComparison.Ordinal);

    private static bool IsEntry(string layer) => layer.StartsWith("pre", StringComparison.Ordinal) && layer.EndsWith("/sum", StringComparison.Ordinal);

    private static HashSet<string> Reached(OnnxGraph graph, string input)
    {
        HashSet<string> reached = [input];
        foreach (var node in graph.Nodes)
        {
            if (node.Inputs.Any(reached.Contains))
            {
                reached.UnionWith(node.Outputs);
            }
        }

        return reached;
    }
}
