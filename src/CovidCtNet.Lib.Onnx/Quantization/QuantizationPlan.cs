using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx.Quantization;

/// <summary>
/// Decides what runs in 8 bits. Layers with weights do by themselves; operators between them follow where their data is in 8 bits before
/// and wanted in 8 bits behind, so that values do not change back and forth.
/// </summary>
internal sealed class QuantizationPlan
{
    /// <summary>Operators that give only values which they were given: they work on 8 bits as they are.</summary>
    private static readonly HashSet<string> PassingOn = ["MaxPool", "Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze"];

    private static readonly HashSet<string> Following = ["Resize", "Add", "Mul", "Concat", "Sigmoid", "LeakyRelu", "AveragePool", "GlobalAveragePool"];

    /// <summary>The operator set whose MaxPool takes 8 bits.</summary>
    private const int OldestMaximumOf8Bits = 12;

    private readonly GraphIndex _index;
    private readonly int _opset;
    private readonly Dictionary<NodeProto, string> _reasons = [];
    private readonly HashSet<NodeProto> _quantized = [];

    private QuantizationPlan(GraphIndex index, int opset)
    {
        _index = index;
        _opset = opset;
    }

    /// <summary>Tensors held in 8 bits, by their name in the float graph.</summary>
    public HashSet<string> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>For a tensor that keeps the scale of another, that other.</summary>
    public Dictionary<string, string> SharedScale { get; } = new(StringComparer.Ordinal);

    /// <summary>For a node, the rectifier behind it that works on the same values.</summary>
    public Dictionary<NodeProto, NodeProto> Rectifiers { get; } = [];

    public static QuantizationPlan Make(OnnxGraph owner, QuantizationOptions options)
    {
        var graph = owner.Model.Graph;
        var plan = new QuantizationPlan(new GraphIndex(graph), owner.OpsetVersion);
        HashSet<string> inFloat = [.. options.FloatNodes];
        CheckNames(graph, inFloat);
        var heads = options.KeepHeadInFloat ? plan.FindHeads(graph) : [];
        foreach (var node in graph.Node)
        {
            if (plan.Judge(node, inFloat, heads) is { } reason)
            {
                plan._reasons[node] = reason;
            }
            else
            {
                plan._quantized.Add(node);
            }
        }

        plan.FindRectifiers(graph);
        plan.SpreadForward(graph);
        plan.TakeBack(graph);
        return plan;
    }

    public bool IsQuantized(NodeProto node) => _quantized.Contains(node);

    /// <summary>The tensor a node gives, after the rectifier it has taken up.</summary>
    public string OutputOf(NodeProto node) => Rectifiers.TryGetValue(node, out var rectifier) ? rectifier.Output[0] : node.Output[0];

    public IReadOnlyList<QuantizedLayer> Describe(GraphProto graph)
    {
        HashSet<NodeProto> taken = [.. Rectifiers.Values];
        return [.. graph.Node.Where(n => !taken.Contains(n)).Select(n => new QuantizedLayer(
            OnnxNode.NameOf(n), n.OpType, n.Output.Count > 0 ? OutputOf(n) : "", IsQuantized(n), _reasons.GetValueOrDefault(n)))];
    }

    public static bool HasWeights(NodeProto node) => node.OpType is "Conv" or "Gemm" or "MatMul";

    /// <summary>Whether a node gives values on that it was given.</summary>
    public bool PassesOn(NodeProto node) => PassingOn.Contains(node.OpType) && !(node.OpType == "MaxPool" && _opset < OldestMaximumOf8Bits);

    /// <summary>Whether a node keeps the scale of its input.</summary>
    private static bool StaysInRange(NodeProto node) => PassingOn.Contains(node.OpType) || node.OpType == "Resize";

    /// <summary>Whether an input of a node is one constant number, which 8 bits hold exactly.</summary>
    public bool IsScalar(NodeProto node, string input) =>
        node.OpType is "Add" or "Mul" && _index.FloatConstant(input) is { } constant && new OnnxTensor(constant).ElementCount == 1;

    private static void CheckNames(GraphProto graph, HashSet<string> inFloat)
    {
        var known = graph.Node.Select(OnnxNode.NameOf).ToHashSet(StringComparer.Ordinal);
        if (inFloat.FirstOrDefault(n => !known.Contains(n)) is { } unknown)
        {
            throw new OnnxException($"There is no node '{unknown}' to keep in float.");
        }
    }

    /// <summary>Why a node must stay in float by itself, or null.</summary>
    private string? Judge(NodeProto node, HashSet<string> inFloat, HashSet<NodeProto> heads)
    {
        if (inFloat.Contains(OnnxNode.NameOf(node)))
        {
            return "asked for";
        }

        if (node.Domain is not ("" or "ai.onnx") || !(HasWeights(node) || Following.Contains(node.OpType) || PassingOn.Contains(node.OpType)))
        {
            return "no 8-bit form";
        }

        if (heads.Contains(node))
        {
            return "head";
        }

        if (node.Output.Skip(1).Any(o => o.Length > 0))
        {
            return "more than one output";
        }

        return HasWeights(node) && !WeightsFit(node) ? "weights or attributes do not fit"
            : node.OpType == "Resize" && new OnnxNode(node).GetText("mode", "nearest") == "cubic" ? "cubic resampling leaves the range of its input"
            : null;
    }

    private bool WeightsFit(NodeProto node)
    {
        if (_index.FloatConstant(node.Input[1]) is not { } weight || _index.FloatConstant(node.Input[0]) is not null)
        {
            return false;
        }

        var bias = node.Input.Count > 2 && node.Input[2].Length > 0 ? _index.FloatConstant(node.Input[2]) : null;
        var hasBias = node.Input.Count > 2 && node.Input[2].Length > 0;
        if (node.OpType == "Conv")
        {
            return weight.Dims.Count >= 3 && (!hasBias || bias is not null);
        }

        var view = new OnnxNode(node);
        return weight.Dims.Count == 2
            && view.GetSingle("alpha", 1) == 1
            && view.GetSingle("beta", 1) == 1
            && view.GetInteger("transA", 0) == 0
            && (!hasBias || (bias is not null && new OnnxTensor(bias).ElementCount == weight.Dims[view.GetInteger("transB", 0) == 0 ? 1 : 0]));
    }

    /// <summary>The last matrix products on the ways to the outputs.</summary>
    private HashSet<NodeProto> FindHeads(GraphProto graph)
    {
        HashSet<NodeProto> heads = [];
        HashSet<string> seen = [];
        var open = new Stack<string>(graph.Output.Select(o => o.Name));
        while (open.TryPop(out var tensor))
        {
            if (!seen.Add(tensor) || _index.Producer(tensor) is not { OpType: not "Conv" } node)
            {
                continue;
            }

            if (HasWeights(node))
            {
                heads.Add(node);
                continue;
            }

            foreach (var input in node.Input)
            {
                open.Push(input);
            }
        }

        return heads;
    }

    private void FindRectifiers(GraphProto graph)
    {
        foreach (var node in graph.Node.Where(n => _quantized.Contains(n) && !StaysInRange(n)))
        {
            if (_index.OnlyReader(node.Output[0]) is { OpType: "Relu" or "Clip" } next
                && next.Input[0] == node.Output[0]
                && next.Input.Skip(1).All(i => i.Length == 0 || _index.FloatConstant(i) is not null))
            {
                Rectifiers.Add(node, next);
            }
        }
    }

    private void SpreadForward(GraphProto graph)
    {
        foreach (var node in graph.Node.Where(n => _quantized.Contains(n) && HasWeights(n)))
        {
            Tensors.Add(node.Input[0]);
            AddOutput(node);
        }

        foreach (var node in graph.Node.Where(n => _quantized.Contains(n) && !HasWeights(n)))
        {
            var data = StaysInRange(node) ? node.Input.Take(1) : node.Input.Where(i => !IsScalar(node, i));
            if (!data.All(Tensors.Contains))
            {
                _quantized.Remove(node);
                Rectifiers.Remove(node);
                _reasons[node] = "its input is in float";
                continue;
            }

            AddOutput(node);
            if (StaysInRange(node))
            {
                SharedScale[node.Output[0]] = SharedScale.GetValueOrDefault(node.Input[0], node.Input[0]);
            }
        }
    }

    private void AddOutput(NodeProto node)
    {
        var output = OutputOf(node);
        if (!_index.IsVisible(output))
        {
            Tensors.Add(output);
        }
    }

    private void TakeBack(GraphProto graph)
    {
        foreach (var node in graph.Node.Reverse().Where(n => _quantized.Contains(n) && !HasWeights(n)))
        {
            var output = OutputOf(node);
            if (!_index.Readers(output).Any(_quantized.Contains))
            {
                _quantized.Remove(node);
                Rectifiers.Remove(node);
                Tensors.Remove(output);
                SharedScale.Remove(output);
                _reasons[node] = "its result is wanted in float";
            }
        }
    }
}
