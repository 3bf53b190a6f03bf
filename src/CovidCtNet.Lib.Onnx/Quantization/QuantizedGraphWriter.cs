using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx.Quantization;

/// <summary>Writes the nodes of a graph anew, with the pairs of a plan around its 8-bit tensors.</summary>
internal sealed class QuantizedGraphWriter
{
    private readonly OnnxGraph _owner;
    private readonly GraphProto _graph;
    private readonly GraphIndex _index;
    private readonly GraphNames _names;
    private readonly CalibrationStatistics _statistics;
    private readonly QuantizationOptions _options;
    private readonly QuantizationPlan _plan;
    private readonly List<NodeProto> _nodes = [];
    private readonly Dictionary<string, string> _dequantized = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _quantized = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Scale, string ZeroPoint, QuantizationRange Range)> _parameters = new(StringComparer.Ordinal);

    /// <summary>Tensors that exist in 8 bits only, once their maker has been turned into an integer kernel.</summary>
    private readonly HashSet<string> _eightBitOnly = new(StringComparer.Ordinal);

    public QuantizedGraphWriter(OnnxGraph owner, CalibrationStatistics statistics, QuantizationOptions options)
    {
        (_owner, _statistics, _options) = (owner, statistics, options);
        _graph = owner.Model.Graph;
        _index = new GraphIndex(_graph);
        _names = new GraphNames(_graph);
        _plan = QuantizationPlan.Make(owner, options);
    }

    public QuantizedGraph Write()
    {
        var layers = _plan.Describe(_graph);
        var droppedRectifiers = FindSuperfluousRectifiers();
        foreach (var input in _graph.Input.Where(i => _plan.Tensors.Contains(i.Name)))
        {
            WritePair(input.Name);
        }

        foreach (var node in _graph.Node)
        {
            if (!droppedRectifiers.Contains(node))
            {
                WriteNode(node, droppedRectifiers);
            }
        }

        _graph.Node.Clear();
        _graph.Node.AddRange(_nodes);
        // A tensor that only 8-bit operators read needs no float form, and a runtime would compute it.
        UnusedValues.RemoveWithNodes(_graph);
        var made = _graph.Node.SelectMany(n => n.Output).ToHashSet(StringComparer.Ordinal);
        return new QuantizedGraph(_owner, layers, _dequantized.Where(d => made.Contains(d.Value)).ToDictionary(StringComparer.Ordinal));
    }

    /// <summary>Rectifiers that the clamping of 8-bit values does anyway.</summary>
    private HashSet<NodeProto> FindSuperfluousRectifiers()
    {
        HashSet<NodeProto> dropped = [];
        foreach (var rectifier in _plan.Rectifiers.Values.Where(r => _plan.Tensors.Contains(r.Output[0])))
        {
            var range = ParametersOf(rectifier.Output[0]).Range;
            var (low, high) = BoundsOf(rectifier);
            if (range.Minimum >= low && range.Maximum <= high)
            {
                dropped.Add(rectifier);
            }
        }

        return dropped;
    }

    private (double Low, double High) BoundsOf(NodeProto rectifier)
    {
        if (rectifier.OpType == "Relu")
        {
            return (0, double.PositiveInfinity);
        }

        double Bound(int input, double missing) =>
            rectifier.Input.Count > input && rectifier.Input[input].Length > 0 ? new OnnxTensor(_index.FloatConstant(rectifier.Input[input])!).ToDoubles()[0] : missing;
        return (Bound(1, double.NegativeInfinity), Bound(2, double.PositiveInfinity));
    }

    private void WriteNode(NodeProto node, HashSet<NodeProto> droppedRectifiers)
    {
        var written = node.Clone();
        var quantized = _plan.IsQuantized(node);
        if (quantized && _plan.PassesOn(node))
        {
            WritePassing(node, written);
            return;
        }

        for (var i = 0; i < written.Input.Count; i++)
        {
            // A node in float reads the float value where there is one.
            if (_dequantized.TryGetValue(written.Input[i], out var name) && (quantized || _eightBitOnly.Contains(written.Input[i])))
            {
                written.Input[i] = name;
            }
        }

        if (quantized && QuantizationPlan.HasWeights(node))
        {
            WriteWeights(node, written);
        }
        else if (quantized)
        {
            WriteScalars(node, written);
        }

        if (_plan.Rectifiers.TryGetValue(node, out var rectifier) && droppedRectifiers.Contains(rectifier))
        {
            written.Output[0] = rectifier.Output[0];
        }

        _nodes.Add(written);
        var maker = quantized || _plan.Rectifiers.ContainsValue(node);
        foreach (var output in written.Output.Where(_plan.Tensors.Contains))
        {
            WritePair(output);
            if (maker && !_index.IsVisible(output))
            {
                _eightBitOnly.Add(output);
            }
        }
    }

    private void WritePair(string tensor)
    {
        var (scale, zeroPoint, _) = ParametersOf(tensor);
        var quantized = _names.Claim($"{tensor}/quantized");
        var dequantized = _names.Claim($"{tensor}/dequantized");
        _nodes.Add(Make("QuantizeLinear", [tensor, scale, zeroPoint], quantized));
        _nodes.Add(Make("DequantizeLinear", [quantized, scale, zeroPoint], dequantized));
        _dequantized.Add(tensor, dequantized);
        _quantized.Add(tensor, quantized);
    }

    /// <summary>Values that are passed on as they are need no scale: the node works on the 8 bits.</summary>
    private void WritePassing(NodeProto node, NodeProto written)
    {
        var output = node.Output[0];
        var (scale, zeroPoint, _) = ParametersOf(output);
        var dequantized = _names.Claim($"{output}/dequantized");
        written.Input[0] = _quantized[node.Input[0]];
        written.Output[0] = _names.Claim($"{output}/quantized");
        _nodes.Add(written);
        _nodes.Add(Make("DequantizeLinear", [written.Output[0], scale, zeroPoint], _index.IsVisible(output) ? output : dequantized));
        _dequantized.Add(output, _nodes[^1].Output[0]);
        _quantized.Add(output, written.Output[0]);
        _eightBitOnly.Add(output);
    }

    /// <summary>One constant number is 1 in steps of its own size, or 0 in steps below a zero point of 1 where it is negative.</summary>
    private void WriteScalars(NodeProto node, NodeProto written)
    {
        for (var i = 0; i < node.Input.Count; i++)
        {
            if (_plan.IsScalar(node, node.Input[i]))
            {
                var value = new OnnxTensor(_index.FloatConstant(node.Input[i])!).ToSingles()[0];
                var (level, zero) = value < 0 ? ((byte)0, (byte)1) : value > 0 ? ((byte)1, (byte)0) : ((byte)0, (byte)0);
                var name = _names.Add<byte>($"{node.Input[i]}/uint8", [level], [.. _index.FloatConstant(node.Input[i])!.Dims]);
                var scale = _names.Add<float>($"{node.Input[i]}/scale", [value == 0 ? 1 : Math.Abs(value)]);
                var output = _names.Claim($"{name}/dequantized");
                _nodes.Add(Make("DequantizeLinear", [name, scale, _names.Add<byte>($"{node.Input[i]}/zero_point", [zero])], output));
                written.Input[i] = output;
            }
        }
    }

    private (string Scale, string ZeroPoint, QuantizationRange Range) ParametersOf(string tensor)
    {
        var root = _plan.SharedScale.GetValueOrDefault(tensor, tensor);
        if (!_parameters.TryGetValue(root, out var parameters))
        {
            var range = _statistics.RangeOf(root, _options.Calibration, _options.Percentile);
            parameters = (_names.Add<float>($"{root}/scale", [range.Scale]), _names.Add<byte>($"{root}/zero_point", [range.ZeroPoint]), range);
            _parameters.Add(root, parameters);
        }

        return parameters;
    }

    private void WriteWeights(NodeProto node, NodeProto written)
    {
        var weight = _index.FloatConstant(node.Input[1])!;
        var view = new OnnxNode(node);
        int[] sizes = [.. weight.Dims.Select(d => checked((int)d))];
        var axis = node.OpType == "Conv" || view.GetInteger("transB", 0) != 0 ? 0 : 1;
        var channels = sizes[axis];
        var inner = sizes.Skip(axis + 1).Aggregate(1, (product, size) => product * size);
        var hasBias = node.Input.Count > 2 && node.Input[2].Length > 0;
        var bias = hasBias ? new OnnxTensor(_index.FloatConstant(node.Input[2])!).ToDoubles() : new double[channels];
        var (_, _, inputRange) = ParametersOf(node.Input[0]);
        var rounded = WeightQuantizer.Quantize(new OnnxTensor(weight).ToSingles(), channels, inner, bias, inputRange.Scale, _options);
        var withBias = node.OpType != "MatMul" && (hasBias || _options.CorrectBiases);
        if (withBias && _options.CorrectBiases)
        {
            bias = rounded.Correct(bias, _statistics.ChannelMeansOf(node.Input[0]), InputChannels(node, sizes, axis));
        }

        var name = $"{OnnxNode.NameOf(node)}/weight";
        var scales = rounded.Scales;
        var scaleName = _options.PerChannelWeights ? _names.Add<float>($"{name}_scale", scales, channels) : _names.Add<float>($"{name}_scale", scales.AsSpan(0, 1));
        var zeroName = _options.PerChannelWeights ? _names.Add<sbyte>($"{name}_zero_point", new sbyte[channels], channels) : _names.Add<sbyte>($"{name}_zero_point", [0]);
        var weightName = _names.Add<sbyte>($"{name}_int8", rounded.Values, [.. weight.Dims]);
        written.Input[1] = Dequantize(weightName, [scaleName, zeroName], axis);
        if (!withBias)
        {
            return;
        }

        float[] steps = [.. scales.Select(s => s * inputRange.Scale)];
        var biasName = _names.Add<int>($"{OnnxNode.NameOf(node)}/bias_int32", rounded.ToSteps(bias, inputRange.Scale), channels);
        var biasScale = _options.PerChannelWeights
            ? _names.Add<float>($"{OnnxNode.NameOf(node)}/bias_scale", steps, channels)
            : _names.Add<float>($"{OnnxNode.NameOf(node)}/bias_scale", steps.AsSpan(0, 1));
        while (written.Input.Count < 3)
        {
            written.Input.Add("");
        }

        written.Input[2] = Dequantize(biasName, [biasScale], 0);
    }

    /// <summary>The channel of the input that an element of a weight meets.</summary>
    private static Func<int, int> InputChannels(NodeProto node, int[] sizes, int axis)
    {
        if (node.OpType != "Conv")
        {
            return axis == 0 ? i => i % sizes[1] : i => i / sizes[1];
        }

        var kernel = sizes.Skip(2).Aggregate(1, (product, size) => product * size);
        var perGroup = sizes[1];
        var filtersPerGroup = sizes[0] / (int)new OnnxNode(node).GetInteger("group", 1);
        return i => (i / (perGroup * kernel) / filtersPerGroup * perGroup) + (i / kernel % perGroup);
    }

    private string Dequantize(string tensor, string[] parameters, int axis)
    {
        var name = _names.Claim($"{tensor}/dequantized");
        var node = Make("DequantizeLinear", [tensor, .. parameters], name);
        if (_options.PerChannelWeights)
        {
            node.Attribute.Add(OnnxAttribute.Of("axis", axis).Proto);
        }

        _nodes.Add(node);
        return name;
    }

    private static NodeProto Make(string opType, IEnumerable<string> inputs, string output)
    {
        var node = new NodeProto { OpType = opType, Name = output };
        node.Input.Add(inputs);
        node.Output.Add(output);
        return node;
    }
}
