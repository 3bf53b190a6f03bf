using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx;

/// <summary>Removes nodes, weights and declarations that nothing refers to any more.</summary>
internal static class UnusedValues
{
    /// <summary>Removes the nodes no output depends on, and what only they read. Nodes must be in order.</summary>
    public static void RemoveWithNodes(GraphProto graph)
    {
        var needed = graph.Output.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = graph.Node.Count - 1; i >= 0; i--)
        {
            var node = graph.Node[i];
            if (node.Output.Any(needed.Contains))
            {
                needed.UnionWith(node.Input);
                needed.UnionWith(NamesCaptured(node));
            }
            else
            {
                graph.Node.RemoveAt(i);
            }
        }

        Remove(graph);
    }

    /// <summary>Removes weights and declarations; nodes stay.</summary>
    public static void Remove(GraphProto graph)
    {
        var read = NamesRead(graph).ToHashSet(StringComparer.Ordinal);
        for (var i = graph.Initializer.Count - 1; i >= 0; i--)
        {
            if (!read.Contains(graph.Initializer[i].Name) && graph.Input.All(v => v.Name != graph.Initializer[i].Name))
            {
                graph.Initializer.RemoveAt(i);
            }
        }

        var made = graph.Node.SelectMany(n => n.Output).ToHashSet(StringComparer.Ordinal);
        for (var i = graph.ValueInfo.Count - 1; i >= 0; i--)
        {
            if (!made.Contains(graph.ValueInfo[i].Name) && !read.Contains(graph.ValueInfo[i].Name))
            {
                graph.ValueInfo.RemoveAt(i);
            }
        }
    }

    /// <summary>Every name that a node, a subgraph or an output reads, once for each time.</summary>
    public static IEnumerable<string> NamesRead(GraphProto graph)
    {
        foreach (var node in graph.Node)
        {
            foreach (var input in node.Input.Where(i => i.Length > 0))
            {
                yield return input;
            }

            foreach (var name in NamesCaptured(node))
            {
                yield return name;
            }
        }

        foreach (var output in graph.Output)
        {
            yield return output.Name;
        }
    }

    /// <summary>Every name that the subgraphs of a node read; their own among them.</summary>
    public static IEnumerable<string> NamesCaptured(NodeProto node) =>
        node.Attribute.SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Prepend(a.G)).SelectMany(NamesRead);
}
