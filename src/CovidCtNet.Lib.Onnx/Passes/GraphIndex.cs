using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx;

/// <summary>Who makes and who reads each tensor of a graph, and which weights are constant.</summary>
internal sealed class GraphIndex
{
    private static readonly NodeProto[] None = [];
    private readonly Dictionary<string, NodeProto> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<NodeProto>> _readers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorProto> _constants = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs;
    private readonly HashSet<string> _captured;

    public GraphIndex(GraphProto graph)
    {
        foreach (var node in graph.Node)
        {
            foreach (var output in node.Output.Where(o => o.Length > 0))
            {
                _producers[output] = node;
            }

            foreach (var input in node.Input.Where(i => i.Length > 0).Distinct())
            {
                if (!_readers.TryGetValue(input, out var readers))
                {
                    _readers.Add(input, readers = []);
                }

                readers.Add(node);
            }
        }

        _outputs = graph.Output.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        _captured = graph.Node.SelectMany(UnusedValues.NamesCaptured).ToHashSet(StringComparer.Ordinal);
        // An initializer that is listed as an input can be overridden by the caller: it is no constant.
        var inputs = graph.Input.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var initializer in graph.Initializer.Where(i => !inputs.Contains(i.Name)))
        {
            _constants.Add(initializer.Name, initializer);
        }
    }

    public NodeProto? Producer(string tensor) => _producers.GetValueOrDefault(tensor);

    public IReadOnlyList<NodeProto> Readers(string tensor) => _readers.GetValueOrDefault(tensor) ?? (IReadOnlyList<NodeProto>)None;

    public bool IsOutput(string tensor) => _outputs.Contains(tensor);

    /// <summary>Whether a subgraph reads the tensor.</summary>
    public bool IsCaptured(string tensor) => _captured.Contains(tensor);

    /// <summary>Whether the tensor is seen from outside its nodes: as an output of the graph, or by a subgraph.</summary>
    public bool IsVisible(string tensor) => _outputs.Contains(tensor) || _captured.Contains(tensor);

    /// <summary>The constant 32-bit weight of that name, or null.</summary>
    public TensorProto? FloatConstant(string tensor) =>
        _constants.GetValueOrDefault(tensor) is { DataType: (int)OnnxElementType.Float32 } found ? found : null;

    /// <summary>The only reader of a tensor that nothing else sees, where it reads it once; else null.</summary>
    public NodeProto? OnlyReader(string tensor) =>
        !IsVisible(tensor) && Readers(tensor) is [var reader] && reader.Input.Count(i => i == tensor) == 1 ? reader : null;
}
