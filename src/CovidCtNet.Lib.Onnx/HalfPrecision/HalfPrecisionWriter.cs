using CovidCtNet.Lib.Onnx.Protos;
using CovidCtNet.Lib.Onnx.Quantization;

namespace CovidCtNet.Lib.Onnx.HalfPrecision;

/// <summary>Writes the nodes of a graph anew, each in its precision, with casts where neighbours differ.</summary>
internal sealed class HalfPrecisionWriter
{
    /// <summary>Operators of convolutional networks whose floating-point inputs and outputs are all of one type.</summary>
    private static readonly HashSet<string> WithHalfForm =
    [
        "Conv", "ConvTranspose", "Gemm", "MatMul", "BatchNormalization", "Relu", "LeakyRelu", "PRelu", "Clip", "Elu", "Selu", "Sigmoid", "HardSigmoid",
        "HardSwish", "Tanh", "Softplus", "Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Neg", "Abs", "MaxPool", "AveragePool", "GlobalMaxPool", "Resize",
        "Concat", "Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Slice", "Split", "Gather", "Pad", "Identity", "Expand", "SpaceToDepth",
        "DepthToSpace", "GlobalAveragePool", "Softmax", "LogSoftmax", "Exp", "Log", "Pow", "Sqrt", "ReduceMean", "ReduceSum", "ReduceMax",
    ];

    private readonly OnnxGraph _owner;
    private readonly GraphProto _graph;
    private readonly GraphIndex _index;
    private readonly GraphNames _names;
    private readonly OnnxShapeInference _shapes;
    private readonly HashSet<string> _floatOperators;
    private readonly HashSet<string> _floatNodes;
    private readonly HashSet<string> _halfTensors = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Tensor, bool Half), string> _casts = [];
    private readonly List<NodeProto> _nodes = [];
    private readonly List<string> _floatLayers = [];

    public HalfPrecisionWriter(OnnxGraph owner, HalfPrecisionOptions options)
    {
        _owner = owner;
        _graph = owner.Model.Graph;
        _index = new GraphIndex(_graph);
        _names = new GraphNames(_graph);
        _shapes = OnnxShapeInference.Infer(owner);
        _floatOperators = [.. options.FloatOperators];
        _floatNodes = [.. options.FloatNodes];
        var known = _graph.Node.Select(OnnxNode.NameOf).ToHashSet(StringComparer.Ordinal);
        if (_floatNodes.FirstOrDefault(n => !known.Contains(n)) is { } unknown)
        {
            throw new OnnxException($"There is no node '{unknown}' to keep in float32.");
        }
    }

    /// <summary>Nodes with weights that stayed in float32.</summary>
    public IReadOnlyList<string> FloatLayers => _floatLayers;

    public OnnxGraph Write()
    {
        foreach (var node in _graph.Node)
        {
            var half = TakesHalf(node);
            if (!half && QuantizationPlan.HasWeights(node))
            {
                _floatLayers.Add(OnnxNode.NameOf(node));
            }

            WriteNode(node, half);
        }

        if (_halfTensors.Count == 0)
        {
            throw new OnnxException($"'{_owner.FileName ?? _owner.Name}' has no float32 operator with a 16-bit form.");
        }

        _graph.Node.Clear();
        _graph.Node.AddRange(_nodes);
        UnusedValues.Remove(_graph);
        for (var i = _graph.ValueInfo.Count - 1; i >= 0; i--)
        {
            if (_halfTensors.Contains(_graph.ValueInfo[i].Name))
            {
                _graph.ValueInfo.RemoveAt(i);
            }
        }

        return _owner;
    }

    private bool TakesHalf(NodeProto node) =>
        node.Domain is "" or "ai.onnx"
        && WithHalfForm.Contains(node.OpType)
        && !_floatOperators.Contains(node.OpType)
        && !_floatNodes.Contains(OnnxNode.NameOf(node))
        && IsFloat(node.Input[0])
        && !node.Output.Any(_index.IsCaptured)
        && node.Input.Where((_, i) => IsConverted(node, i)).All(Fits);

    /// <summary>Whether an input of a 16-bit node is 16 bits wide; the scales of a resize are always 32.</summary>
    private static bool IsConverted(NodeProto node, int input) => node.OpType != "Resize" || input == 0;

    private bool IsFloat(string tensor) => _index.FloatConstant(tensor) is not null || _shapes.Find(tensor)?.ElementType == OnnxElementType.Float32;

    private bool Fits(string tensor) =>
        _index.FloatConstant(tensor) is not { } constant || new OnnxTensor(constant).ToSingles().All(v => Math.Abs(v) <= (float)Half.MaxValue);

    private void WriteNode(NodeProto node, bool half)
    {
        var written = node.Clone();
        for (var i = 0; i < written.Input.Count; i++)
        {
            var name = written.Input[i];
            if (name.Length > 0 && IsFloat(name) && (!half || IsConverted(node, i)))
            {
                written.Input[i] = half ? AsHalf(name) : AsFloat(name);
            }
        }

        _nodes.Add(written);
        for (var i = 0; half && i < written.Output.Count; i++)
        {
            var output = written.Output[i];
            if (output.Length == 0 || (_shapes.Find(output) is { ElementType: not OnnxElementType.Float32 }))
            {
                continue;
            }

            _halfTensors.Add(output);
            if (_index.IsOutput(output))
            {
                var inside = _names.Claim($"{output}/float16");
                written.Output[i] = inside;
                AddCast(inside, output, OnnxElementType.Float32);
                _casts[(output, true)] = inside;
                _casts[(output, false)] = output;
            }
        }
    }

    private string AsHalf(string tensor)
    {
        if (_casts.TryGetValue((tensor, true), out var known))
        {
            return known;
        }

        if (_halfTensors.Contains(tensor))
        {
            return tensor;
        }

        string name;
        if (_index.FloatConstant(tensor) is { } constant)
        {
            name = _names.Add<Half>($"{tensor}/float16", [.. new OnnxTensor(constant).ToSingles().Select(v => (Half)v)], [.. constant.Dims]);
        }
        else
        {
            name = _names.Claim($"{tensor}/float16");
            AddCast(tensor, name, OnnxElementType.Float16);
        }

        return _casts[(tensor, true)] = name;
    }

    private string AsFloat(string tensor)
    {
        if (!_halfTensors.Contains(tensor))
        {
            return tensor;
        }

        if (!_casts.TryGetValue((tensor, false), out var name))
        {
            name = _names.Claim($"{tensor}/float32");
            AddCast(tensor, name, OnnxElementType.Float32);
            _casts.Add((tensor, false), name);
        }

        return name;
    }

    private void AddCast(string from, string to, OnnxElementType type)
    {
        var cast = new NodeProto { OpType = "Cast", Name = $"{to}/cast" };
        cast.Input.Add(from);
        cast.Output.Add(to);
        cast.Attribute.Add(OnnxAttribute.Of("to", (long)type).Proto);
        _nodes.Add(cast);
    }
}
