namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Carries what is known about tensors through a graph, node by node.</summary>
internal sealed class ShapeEngine(int opset)
{
    private readonly Dictionary<string, TensorFact> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unknown = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, TensorFact> Facts => _facts;

    public TensorFact? Find(string tensor) => _facts.GetValueOrDefault(tensor);

    /// <summary>Why the shape of a tensor is unknown.</summary>
    public string WhyUnknown(string tensor) => _unknown.GetValueOrDefault(tensor) ?? $"nothing is known about tensor '{tensor}'";

    public void Declare(string tensor, TensorFact fact) => _facts[tensor] = fact;

    /// <summary>Works out the outputs of a node whose inputs were seen before. An operator without a rule leaves them unknown.</summary>
    /// <exception cref="OnnxShapeException">The inputs do not fit the operator.</exception>
    public void Infer(OnnxNode node)
    {
        if (FindObstacle(node) is { } obstacle)
        {
            foreach (var output in node.Outputs.Where(o => o.Length > 0 && _facts.GetValueOrDefault(o)?.Shape is null))
            {
                _unknown[output] = obstacle;
            }

            return;
        }

        var context = new ShapeContext(node, opset, [.. node.Inputs.Select(i => i.Length == 0 ? null : _facts[i])]);
        var facts = Run(context);
        for (var i = 0; i < node.Outputs.Count; i++)
        {
            var output = node.Outputs[i];
            if (output.Length > 0 && i < facts.Length)
            {
                _facts[output] = Refine(output, facts[i]);
            }
        }
    }

    private static TensorFact[] Run(ShapeContext context)
    {
        try
        {
            return ShapeRules.Find(context.Node)!(context);
        }
        catch (OverflowException)
        {
            throw context.Fail("has sizes whose product 64 bits do not hold");
        }
    }

    /// <summary>Falls back on what the file declares; where both are known the operator's own arithmetic wins, as declarations of third-party files can be stale.</summary>
    private TensorFact Refine(string output, TensorFact inferred) =>
        inferred.Shape is null && _facts.GetValueOrDefault(output)?.Shape is { } declared ? inferred with { Shape = declared } : inferred;

    private string? FindObstacle(OnnxNode node)
    {
        if (ShapeRules.Find(node) is null)
        {
            return $"node '{node.Name}' has operator {node.OpType}, for which there is no shape rule";
        }

        foreach (var input in node.Inputs.Where(i => i.Length > 0))
        {
            if (_facts.GetValueOrDefault(input)?.Shape is null)
            {
                return _unknown.GetValueOrDefault(input) ?? $"the shape of '{input}', which node '{node.Name}' ({node.OpType}) reads, is not declared";
            }
        }

        return null;
    }
}
