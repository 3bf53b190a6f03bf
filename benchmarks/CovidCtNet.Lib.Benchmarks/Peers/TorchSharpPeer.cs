using CovidCtNet.Lib.Onnx;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Benchmarks.Peers;

/// <summary>libtorch through TorchSharp, eager and channels-last, on the nodes and weights of an ONNX graph.</summary>
internal sealed class TorchSharpPeer : IDisposable
{
    private readonly OnnxGraph _graph;
    private readonly IReadOnlyList<OnnxNode> _nodes;
    private readonly string _input;
    private readonly string _output;
    private readonly Dictionary<string, Tensor> _weights = [];
    private readonly Dictionary<string, int> _lastReader = [];

    public TorchSharpPeer(OnnxGraph graph, int threads)
    {
        set_num_threads(threads);
        _graph = graph;
        _nodes = graph.Nodes;
        (_input, _output) = (graph.Inputs[0].Name, graph.Outputs[0].Name);
        foreach (var weight in graph.Initializers.Where(i => i.ElementType == OnnxElementType.Float32))
        {
            var value = tensor(weight.ToSingles(), [.. weight.Dimensions]);
            _weights.Add(weight.Name, value.dim() == 4 ? value.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : value);
        }

        for (var i = 0; i < _nodes.Count; i++)
        {
            foreach (var name in _nodes[i].Inputs)
            {
                _lastReader[name] = i;
            }
        }
    }

    public float[] Logits(float[] slices, int batch, int side)
    {
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var x = tensor(slices, batch, 1, side, side);
        return Forward(x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)).data<float>().ToArray();
    }

    public void Dispose()
    {
        foreach (var weight in _weights.Values)
        {
            weight.Dispose();
        }
    }

    private Tensor Forward(Tensor x)
    {
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal) { [_input] = x };
        for (var i = 0; i < _nodes.Count; i++)
        {
            values[_nodes[i].Outputs[0]] = Run(_nodes[i], name => values.TryGetValue(name, out var value) ? value : _weights[name]);
            foreach (var name in _nodes[i].Inputs.Distinct().Where(n => _lastReader[n] == i))
            {
                if (values.Remove(name, out var done))
                {
                    done.Dispose();
                }
            }
        }

        return values[_output];
    }

    private Tensor Run(OnnxNode node, Func<string, Tensor> value)
    {
        var x = value(node.Inputs[0]);
        switch (node.OpType)
        {
            case "Conv":
                var pads = node.GetIntegers("pads") ?? [0, 0, 0, 0];
                return nn.functional.conv2d(
                    x, value(node.Inputs[1]), node.Inputs.Count > 2 ? value(node.Inputs[2]) : null,
                    node.GetIntegers("strides") ?? [1, 1], [pads[0], pads[1]], [1, 1], node.GetInteger("group", 1));
            case "Relu":
                return nn.functional.relu(x);
            case "BatchNormalization":
                return nn.functional.batch_norm(
                    x, value(node.Inputs[3]), value(node.Inputs[4]), value(node.Inputs[1]), value(node.Inputs[2]), false, 0, node.GetSingle("epsilon", 1e-5f));
            case "InstanceNormalization":
                return nn.functional.instance_norm(x, weight: value(node.Inputs[1]), bias: value(node.Inputs[2]), eps: node.GetSingle("epsilon", 1e-5f));
            case "Add":
                return x + value(node.Inputs[1]);
            case "Mul":
                return x * value(node.Inputs[1]);
            case "MaxPool":
                var pad = node.GetIntegers("pads") ?? [0, 0, 0, 0];
                return nn.functional.max_pool2d(x, node.GetIntegers("kernel_shape")!, node.GetIntegers("strides"), [pad[0], pad[1]], [1, 1], node.GetInteger("ceil_mode", 0) != 0);
            case "Resize":
                var scales = _graph.FindInitializer(node.Inputs[2])!.ToSingles();
                long[] size = [(long)Math.Floor(x.shape[2] * (double)scales[2]), (long)Math.Floor(x.shape[3] * (double)scales[3])];
                return nn.functional.interpolate(x, size, mode: InterpolationMode.Bilinear, align_corners: node.GetText("coordinate_transformation_mode", "") == "align_corners");
            case "Sigmoid":
                return sigmoid(x);
            case "GlobalAveragePool":
                return nn.functional.adaptive_avg_pool2d(x, [1, 1]);
            case "Flatten":
                return flatten(x, 1);
            case "Gemm":
                return nn.functional.linear(x, node.GetInteger("transB", 0) != 0 ? value(node.Inputs[1]) : value(node.Inputs[1]).t(), value(node.Inputs[2]));
            default:
                throw new NotSupportedException($"{node.Name}: the TorchSharp peer has no {node.OpType}.");
        }
    }
}
