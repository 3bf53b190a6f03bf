using System.Runtime.InteropServices;
using CovidCtNet.Lib.Onnx.Protos;
using Google.Protobuf;

namespace CovidCtNet.Lib.Onnx.Quantization;

/// <summary>
/// Scales the channels between two convolutions so that the weights on both sides have one range per channel: with
/// <c>s = sqrt(r1 * r2) / r2</c>, the first layer's filter is divided by s and the second's input channel multiplied by it. A rectifier
/// between them does not notice, since relu(s x) = s relu(x) (Nagel et al., arXiv 1906.04721, section 4.1).
/// </summary>
internal static class CrossLayerEqualization
{
    private const int MaximumRounds = 20;
    private const double Settled = 1e-3;

    /// <summary>Equalises in place.</summary>
    /// <returns>The number of pairs.</returns>
    public static int Apply(OnnxGraph graph)
    {
        var main = graph.Model.Graph;
        var index = new GraphIndex(main);
        List<(Layer First, Layer Second)> pairs = [];
        Dictionary<NodeProto, Layer> layers = [];
        Layer? Find(NodeProto node) => layers.TryGetValue(node, out var layer) ? layer : Layer.Read(node, index) is { } read ? layers[node] = read : null;
        foreach (var node in main.Node.Where(n => n.OpType == "Conv"))
        {
            var next = index.OnlyReader(node.Output[0]);
            if (next?.OpType == "Relu")
            {
                next = index.OnlyReader(next.Output[0]);
            }

            if (next?.OpType == "Conv" && Find(node) is { } first && Find(next) is { } second && first.Filters == second.InputChannels)
            {
                pairs.Add((first, second));
            }
        }

        for (var round = 0; round < MaximumRounds; round++)
        {
            double largest = 0;
            foreach (var (first, second) in pairs)
            {
                largest = Math.Max(largest, Equalize(first, second));
            }

            if (largest < Settled)
            {
                break;
            }
        }

        foreach (var layer in layers.Values)
        {
            layer.Write();
        }

        return pairs.Count;
    }

    /// <returns>The largest change of a channel, as the magnitude of its logarithm.</returns>
    private static double Equalize(Layer first, Layer second)
    {
        double largest = 0;
        for (var c = 0; c < first.Filters; c++)
        {
            var (r1, r2) = (first.FilterRange(c), second.InputRange(c));
            if (r1 <= 0 || r2 <= 0)
            {
                continue;
            }

            var s = Math.Sqrt(r1 * r2) / r2;
            first.ScaleFilter(c, 1 / s);
            second.ScaleInput(c, s);
            largest = Math.Max(largest, Math.Abs(Math.Log(s)));
        }

        return largest;
    }

    private sealed class Layer
    {
        private readonly TensorProto _weight;
        private readonly TensorProto? _bias;
        private readonly float[] _values;
        private readonly float[] _offsets;
        private readonly int _group;
        private readonly int _inner;
        private readonly int _perGroup;

        private Layer(TensorProto weight, TensorProto? bias, int group)
        {
            (_weight, _bias, _group) = (weight, bias, group);
            _values = new OnnxTensor(weight).ToSingles();
            _offsets = bias is null ? [] : new OnnxTensor(bias).ToSingles();
            Filters = (int)weight.Dims[0];
            _perGroup = (int)weight.Dims[1];
            _inner = Filters * _perGroup == 0 ? 0 : _values.Length / (Filters * _perGroup);
        }

        public int Filters { get; }

        public int InputChannels => _perGroup * _group;

        /// <summary>Null where a weight is not constant or serves another node as well.</summary>
        public static Layer? Read(NodeProto node, GraphIndex index)
        {
            var weight = index.FloatConstant(node.Input[1]);
            var biasName = node.Input.Count > 2 ? node.Input[2] : "";
            var bias = biasName.Length > 0 ? index.FloatConstant(biasName) : null;
            var own = weight is not null && index.Readers(weight.Name).Count == 1 && (biasName.Length == 0 || (bias is not null && index.Readers(biasName).Count == 1));
            return own ? new Layer(weight!, bias, (int)new OnnxNode(node).GetInteger("group", 1)) : null;
        }

        public double FilterRange(int filter) => Largest(_values.AsSpan(filter * _perGroup * _inner, _perGroup * _inner));

        public double InputRange(int channel)
        {
            double largest = 0;
            foreach (var start in StartsOf(channel))
            {
                largest = Math.Max(largest, Largest(_values.AsSpan(start, _inner)));
            }

            return largest;
        }

        public void ScaleFilter(int filter, double factor)
        {
            Scale(_values.AsSpan(filter * _perGroup * _inner, _perGroup * _inner), factor);
            if (_offsets.Length > 0)
            {
                _offsets[filter] = (float)(_offsets[filter] * factor);
            }
        }

        public void ScaleInput(int channel, double factor)
        {
            foreach (var start in StartsOf(channel))
            {
                Scale(_values.AsSpan(start, _inner), factor);
            }
        }

        public void Write()
        {
            Replace(_weight, _values);
            if (_bias is not null)
            {
                Replace(_bias, _offsets);
            }
        }

        private static void Replace(TensorProto tensor, float[] values)
        {
            tensor.FloatData.Clear();
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values));
        }

        /// <summary>Where the kernels of an input channel start, one for each filter of its group.</summary>
        private IEnumerable<int> StartsOf(int channel)
        {
            var (group, within) = (channel / _perGroup, channel % _perGroup);
            var filters = Filters / _group;
            for (var f = group * filters; f < (group + 1) * filters; f++)
            {
                yield return ((f * _perGroup) + within) * _inner;
            }
        }

        private static double Largest(ReadOnlySpan<float> values)
        {
            float largest = 0;
            foreach (var value in values)
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            return largest;
        }

        private static void Scale(Span<float> values, double factor)
        {
            foreach (ref var value in values)
            {
                value = (float)(value * factor);
            }
        }
    }
}
