using CovidCtNet.Lib.Onnx.Protos;
using Google.Protobuf.Collections;

namespace CovidCtNet.Lib.Onnx;

/// <content>Changing names.</content>
public sealed partial class OnnxGraph
{
    /// <summary>
    /// Gives an input, or what a node makes, another name wherever the graph uses it. Weights keep their names, which are part of their
    /// identity (<see cref="ComputeWeightsSha256"/>).
    /// </summary>
    /// <param name="tensorName">Name of the tensor.</param>
    /// <param name="newName">Its new name; must be free, in subgraphs too.</param>
    /// <exception cref="OnnxException">There is no such tensor, it is a weight, or the new name is taken.</exception>
    public void RenameTensor(string tensorName, string newName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tensorName);
        ArgumentException.ThrowIfNullOrEmpty(newName);
        RequireTensor(tensorName);
        if (FindInitializer(tensorName) is not null)
        {
            throw new OnnxException($"'{tensorName}' is a weight; weights keep their names.");
        }

        if (IsUsed(Model.Graph, newName))
        {
            throw new OnnxException($"'{newName}' is already a tensor of the graph; choose another name.");
        }

        Rename(Model.Graph, tensorName, newName);
    }

    private static bool IsUsed(GraphProto graph, string name) =>
        graph.Node.Any(n => n.Input.Contains(name) || n.Output.Contains(name) || GraphsOf(n).Any(g => IsUsed(g, name)))
        || graph.Input.Concat(graph.Output).Any(v => v.Name == name)
        || graph.Initializer.Any(i => i.Name == name);

    // A name of the graph means the same tensor in its subgraphs: ONNX forbids them to use it for another.
    private static void Rename(GraphProto graph, string from, string to)
    {
        foreach (var node in graph.Node)
        {
            Replace(node.Input, from, to);
            Replace(node.Output, from, to);
            foreach (var subgraph in GraphsOf(node))
            {
                Rename(subgraph, from, to);
            }
        }

        foreach (var value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo).Where(v => v.Name == from))
        {
            value.Name = to;
        }
    }

    private static void Replace(RepeatedField<string> names, string from, string to)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == from)
            {
                names[i] = to;
            }
        }
    }

    private static IEnumerable<GraphProto> GraphsOf(NodeProto node) =>
        node.Attribute.SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Prepend(a.G));
}
