namespace CovidCtNet.Lib.Onnx.Gradients;

/// <summary>Walks a graph from the scalar back to the targets, node by node, and adds up what reaches each tensor.</summary>
internal sealed class ReverseWalk
{
    private static readonly HashSet<string> NoGradient = new(StringComparer.Ordinal)
    {
        "Shape", "Size", "ArgMax", "ArgMin", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Not", "And", "Or", "Xor", "NonZero", "ConstantOfShape", "Range",
    };

    private readonly OnnxGraphBuilder _builder;
    private readonly string _scalar;
    private readonly IReadOnlyList<string> _targets;
    private readonly List<OnnxNode> _path = [];
    private readonly HashSet<string> _dependent;
    private readonly Dictionary<string, OnnxValue> _gradients = new(StringComparer.Ordinal);

    public ReverseWalk(OnnxGraphBuilder builder, string scalar, IReadOnlyList<string> targets)
    {
        _builder = builder;
        _scalar = scalar;
        _targets = targets;
        foreach (var name in targets.Append(scalar))
        {
            builder.Value(name);
        }

        _dependent = [.. targets];
        FindPath();
    }

    /// <summary>Adds the nodes and gives the gradient of each target.</summary>
    public IReadOnlyDictionary<string, OnnxValue> Run(OnnxValue seed)
    {
        _gradients[_scalar] = seed;
        for (var i = _path.Count - 1; i >= 0; i--)
        {
            Differentiate(_path[i]);
        }

        foreach (var target in _targets)
        {
            if (!_gradients.ContainsKey(target))
            {
                throw new OnnxException($"'{_scalar}' does not depend on '{target}' through operators that have a gradient; choose a target between the input and it.");
            }
        }

        return _gradients;
    }

    /// <summary>Nodes that depend on a target and that the scalar depends on, in the order of the graph.</summary>
    private void FindPath()
    {
        var nodes = _builder.Graph.Node.Select(n => new OnnxNode(n)).ToList();
        List<OnnxNode> after = [];
        foreach (var node in nodes)
        {
            // A subgraph reads tensors of this graph by name; without this its part of the gradient would be silently left out.
            if (!NoGradient.Contains(node.OpType) && node.Inputs.Concat(UnusedValues.NamesCaptured(node.Proto)).Any(_dependent.Contains))
            {
                after.Add(node);
                _dependent.UnionWith(node.Outputs.Where(o => o.Length > 0));
            }
        }

        HashSet<string> needed = [_scalar];
        for (var i = after.Count - 1; i >= 0; i--)
        {
            if (after[i].Outputs.Any(needed.Contains))
            {
                _path.Add(after[i]);
                needed.UnionWith(after[i].Inputs.Where(_dependent.Contains));
            }
        }

        _path.Reverse();
    }

    private void Differentiate(OnnxNode node)
    {
        OnnxValue?[] outputs = [.. node.Outputs.Select(o => _gradients.GetValueOrDefault(o))];
        if (Array.TrueForAll(outputs, o => o is null))
        {
            return;
        }

        var rule = GradientRules.Find(node)
            ?? throw new OnnxUnsupportedOperatorException(node.Name, node.OpType, "has no gradient rule; choose a target behind it");
        bool[] wanted = [.. node.Inputs.Select(_dependent.Contains)];
        using (_builder.Scope(node.Name.Trim('/') is { Length: > 0 } name ? name : node.OpType))
        {
            var context = new GradientContext(_builder, node, outputs, wanted, Add);
            try
            {
                rule(context);
            }
            catch (OverflowException)
            {
                throw context.Shape("has sizes whose product 64 bits do not hold");
            }
        }
    }

    private void Add(string tensor, OnnxValue gradient) =>
        _gradients[tensor] = _gradients.TryGetValue(tensor, out var sum) ? _builder.Node("Add", [sum, gradient], name: null) : gradient;
}
