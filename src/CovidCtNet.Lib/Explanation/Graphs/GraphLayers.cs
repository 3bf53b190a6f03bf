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
    public static List<TargetLayer> Candidates(OnnxGraph graph, OnnxShapeInference shapes, string input, string scores)
    {
        var between = Between(graph, input, scores);
        List<TargetLayer> layers = [];
        foreach (var node in graph.Nodes)
        {
            if (!Passing.Contains(node.OpType) && node.Outputs is [var output, ..] && between.Contains(output)
                && shapes.Find(output) is { ElementType: OnnxElementType.Float32, Shape: { Count: 4 } shape }
                && shape[1].Value is { } channels && shape[2].Value is { } height && shape[3].Value is { } width && height * width > 1)
            {
                layers.Add(new TargetLayer(output, node.OpType, (int)channels, (int)height, (int)width));
            }
        }

        return layers;
    }

    /// <summary>
    /// The layer looked at where none is named: the output of the last attention module, which is the last before the network's final
    /// reduction; in a graph without attention modules the last layer with more than one place.
    /// </summary>
    public static string? Default(IReadOnlyList<TargetLayer> layers) =>
        layers.LastOrDefault(layer => layer.Name.StartsWith("attention", StringComparison.Ordinal) && layer.Name.EndsWith("/after/sum", StringComparison.Ordinal))?.Name
        ?? (layers.Count > 0 ? layers[^1].Name : null);

    /// <summary>The layers joined where none are named; empty where no layer is coarse enough.</summary>
    public static IReadOnlyList<string> Fused(IReadOnlyList<TargetLayer> layers, int width, int height)
    {
        if (Default(layers) is { } last && last.StartsWith("attention", StringComparison.Ordinal))
        {
            // The entry of the last module, what the module before it gave, and what the last one gives: chosen for the default model, see
            // docs/decisions/default-layer.md.
            string[] names = [.. layers.Select(l => l.Name)];
            var entry = Array.FindLastIndex(names, n => n.StartsWith("pre", StringComparison.Ordinal) && n.EndsWith("/sum", StringComparison.Ordinal));
            string? before = names.Take(Math.Max(entry, 0)).LastOrDefault(n => n.StartsWith("attention", StringComparison.Ordinal) && n.EndsWith("/after/sum", StringComparison.Ordinal));
            return [.. before is null ? [] : (string[])[before], .. entry < 0 ? [] : (string[])[names[entry]], last];
        }

        return [.. layers.Where(l => l.Width * 8 <= width && l.Height * 8 <= height).GroupBy(l => (l.Width, l.Height)).Select(grid => grid.Last().Name)];
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

    private static HashSet<string> Between(OnnxGraph graph, string input, string scores)
    {
        var nodes = graph.Nodes;
        HashSet<string> reached = [input];
        foreach (var node in nodes)
        {
            if (node.Inputs.Any(reached.Contains))
            {
                reached.UnionWith(node.Outputs);
            }
        }

        HashSet<string> needed = [scores];
        foreach (var node in nodes.Reverse())
        {
            if (node.Outputs.Any(needed.Contains))
            {
                needed.UnionWith(node.Inputs);
            }
        }

        needed.Remove(string.Empty);
        reached.IntersectWith(needed);
        return reached;
    }
}
