using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx.Files;

/// <summary>Checks a parsed model for everything the rest of the library relies on, and puts unsorted nodes in order.</summary>
internal sealed class GraphValidator
{
    public const int OldestOpset = 11;
    public const int NewestOpset = 21;

    private readonly string _file;
    private readonly OnnxLimits _limits;
    private long _nodes;
    private long _initializers;

    private GraphValidator(string file, OnnxLimits limits)
    {
        _file = file;
        _limits = limits;
    }

    /// <summary>Checks the model and gives the version of its standard operator set.</summary>
    public static int Check(ModelProto model, IReadOnlyList<OperatorSetIdProto> operatorSets, string file, OnnxLimits limits)
    {
        if (model.Graph is null || !model.HasIrVersion || model.IrVersion < 1)
        {
            throw new OnnxFormatException(file, null, "is not an ONNX model (no graph or no format version); export it to ONNX first");
        }

        var versions = operatorSets.Where(o => IsStandardDomain(o.Domain)).Select(o => o.Version).Distinct().ToList();
        if (versions is not [var version])
        {
            throw new OnnxFormatException(file, null, versions.Count == 0
                ? "states no version of the standard operator set; it is cut short or was not exported completely"
                : "states more than one version of the standard operator set; export it again");
        }

        if (version is < OldestOpset or > NewestOpset)
        {
            throw new OnnxFormatException(file, null, $"uses operator set {version}; {OldestOpset} to {NewestOpset} are supported. Export it again with an operator set in that range");
        }

        new GraphValidator(file, limits).CheckGraph(model.Graph, []);
        return (int)version;
    }

    public static bool IsStandardDomain(string domain) => domain is "" or "ai.onnx";

    /// <param name="graph">The graph or subgraph.</param>
    /// <param name="outer">Names a subgraph sees from the graphs around it.</param>
    private void CheckGraph(GraphProto graph, HashSet<string> outer)
    {
        _nodes += graph.Node.Count;
        _initializers += graph.Initializer.Count;
        CheckLimit(_nodes, _limits.MaximumNodes, "nodes", nameof(OnnxLimits.MaximumNodes));
        CheckLimit(_initializers, _limits.MaximumInitializers, "initializers", nameof(OnnxLimits.MaximumInitializers));
        if (graph.SparseInitializer.Count > 0)
        {
            throw Fault(graph.SparseInitializer[0].Values?.Name, "is a sparse initializer, which is not supported; export with dense weights");
        }

        var known = new HashSet<string>(outer, StringComparer.Ordinal);
        var own = DeclareValues(graph, known);
        foreach (var node in graph.Node)
        {
            if (node.OpType.Length == 0)
            {
                throw Fault(OnnxNode.NameOf(node), "has no operator; the file is damaged");
            }

            if (RequiredOutputs.AreMissing(node))
            {
                throw Fault(OnnxNode.NameOf(node), $"leaves out an output that {node.OpType} must have; export the model again");
            }

            foreach (var output in node.Output.Where(o => o.Length > 0))
            {
                if (!own.Add(output))
                {
                    throw Fault(output, "is made twice (duplicate name); export the model again");
                }
            }
        }

        TopologicalOrder.Sort(graph, known, own, Fault);
        known.UnionWith(own);
        foreach (var node in graph.Node)
        {
            CheckAttributes(node, known);
        }

        CheckOutputs(graph, known);
    }

    private HashSet<string> DeclareValues(GraphProto graph, HashSet<string> known)
    {
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (var input in graph.Input)
        {
            if (input.Name.Length == 0)
            {
                throw Fault(null, "has an input without a name; the file is damaged");
            }

            if (!own.Add(input.Name))
            {
                throw Fault(input.Name, "is an input twice (duplicate name); export the model again");
            }
        }

        var initializers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var initializer in graph.Initializer)
        {
            if (!initializers.Add(initializer.Name))
            {
                throw Fault(initializer.Name, "is an initializer twice (duplicate name); export the model again");
            }

            CheckTensor(initializer, initializer.Name);
        }

        own.UnionWith(initializers);
        known.UnionWith(own);
        return own;
    }

    private void CheckAttributes(NodeProto node, HashSet<string> known)
    {
        foreach (var attribute in node.Attribute)
        {
            if (attribute.T is not null)
            {
                CheckTensor(attribute.T, OnnxNode.NameOf(node));
            }

            foreach (var tensor in attribute.Tensors)
            {
                CheckTensor(tensor, OnnxNode.NameOf(node));
            }

            if (attribute.G is not null)
            {
                CheckGraph(attribute.G, known);
            }

            foreach (var subgraph in attribute.Graphs)
            {
                CheckGraph(subgraph, known);
            }
        }
    }

    private void CheckOutputs(GraphProto graph, HashSet<string> known)
    {
        var outputs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var output in graph.Output)
        {
            if (!known.Contains(output.Name))
            {
                throw Fault(output.Name, "is an output that no node makes; the file is damaged");
            }

            if (!outputs.Add(output.Name))
            {
                throw Fault(output.Name, "is an output twice (duplicate name); export the model again");
            }
        }
    }

    private void CheckTensor(TensorProto tensor, string element)
    {
        if (TensorData.FindFault(tensor) is { } fault)
        {
            throw Fault(element, fault);
        }
    }

    private void CheckLimit(long count, int limit, string what, string option)
    {
        if (count > limit)
        {
            throw Fault(null, $"has more than {limit} {what}; raise {nameof(OnnxLimits)}.{option} if the file is trusted");
        }
    }

    private OnnxFormatException Fault(string? element, string reason) => new(_file, element, reason);
}
