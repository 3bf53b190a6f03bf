using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx.Files;

/// <summary>Puts the nodes of a graph in an order in which each stands after those it depends on; nodes that are in order stay where they are.</summary>
internal static class TopologicalOrder
{
    /// <param name="graph">The graph; its nodes are reordered in place where they must be.</param>
    /// <param name="ready">Names that exist before the first node: inputs, initializers, names of outer graphs.</param>
    /// <param name="made">Names the graph makes itself.</param>
    /// <param name="fault">Makes the error for an element and a reason.</param>
    public static void Sort(GraphProto graph, IReadOnlySet<string> ready, IReadOnlySet<string> made, Func<string?, string, Exception> fault)
    {
        var position = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < graph.Node.Count; i++)
        {
            foreach (var output in graph.Node[i].Output.Where(o => o.Length > 0))
            {
                position[output] = i;
            }
        }

        var waiting = new int[graph.Node.Count];
        var followers = new List<int>[graph.Node.Count];
        var sorted = true;
        for (var i = 0; i < graph.Node.Count; i++)
        {
            foreach (var input in Dependencies(graph.Node[i], made))
            {
                if (position.TryGetValue(input, out var producer))
                {
                    waiting[i]++;
                    (followers[producer] ??= []).Add(i);
                    sorted &= producer < i;
                }
                else if (!ready.Contains(input))
                {
                    throw fault(OnnxNode.NameOf(graph.Node[i]), $"reads '{input}', which nothing makes (dangling input); the file is damaged");
                }
            }
        }

        if (sorted)
        {
            return;
        }

        Reorder(graph, Order(graph, waiting, followers, fault));
    }

    /// <summary>Kahn's algorithm, taking the earliest node of the file first, so that the result is stable.</summary>
    private static List<NodeProto> Order(GraphProto graph, int[] waiting, List<int>?[] followers, Func<string?, string, Exception> fault)
    {
        var free = new PriorityQueue<int, int>();
        for (var i = 0; i < waiting.Length; i++)
        {
            if (waiting[i] == 0)
            {
                free.Enqueue(i, i);
            }
        }

        var order = new List<NodeProto>(waiting.Length);
        while (free.TryDequeue(out var i, out _))
        {
            order.Add(graph.Node[i]);
            foreach (var follower in followers[i] ?? [])
            {
                if (--waiting[follower] == 0)
                {
                    free.Enqueue(follower, follower);
                }
            }
        }

        if (order.Count < graph.Node.Count)
        {
            var stuck = graph.Node[Array.FindIndex(waiting, w => w > 0)];
            throw fault(OnnxNode.NameOf(stuck), "depends on its own result (cyclic graph); the file is damaged");
        }

        return order;
    }

    private static void Reorder(GraphProto graph, List<NodeProto> order)
    {
        graph.Node.Clear();
        graph.Node.AddRange(order);
    }

    /// <summary>Names a node reads, those its subgraphs take from this graph included.</summary>
    private static IEnumerable<string> Dependencies(NodeProto node, IReadOnlySet<string> made)
    {
        foreach (var input in node.Input.Where(i => i.Length > 0))
        {
            yield return input;
        }

        foreach (var attribute in node.Attribute)
        {
            foreach (var subgraph in attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G))
            {
                foreach (var name in subgraph.Node.SelectMany(n => Dependencies(n, made)).Concat(subgraph.Output.Select(o => o.Name)).Where(made.Contains))
                {
                    yield return name;
                }
            }
        }
    }
}
