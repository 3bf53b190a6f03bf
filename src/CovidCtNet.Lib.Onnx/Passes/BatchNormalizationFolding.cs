using System.Runtime.InteropServices;
using CovidCtNet.Lib.Onnx.Protos;
using Google.Protobuf;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// Folds batch normalisations into the convolution before them: <c>W' = W * s</c>, <c>b' = (b - mean) * s + bias</c> with
/// <c>s = scale / sqrt(variance + epsilon)</c> per filter, in double precision.
/// </summary>
public static class BatchNormalizationFolding
{
    /// <summary>Folds in place. A convolution is folded where its result is read by the normalisation alone and is no output; names of tensors that remain are kept.</summary>
    /// <param name="graph">The graph; 32-bit weights.</param>
    /// <returns>How many normalisations were folded.</returns>
    /// <exception cref="OnnxShapeException">A normalisation does not have one value per filter.</exception>
    public static int Apply(OnnxGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var main = graph.Model.Graph;
        var uses = CountUses(main);
        var producers = main.Node.SelectMany(n => n.Output, (node, output) => (node, output)).Where(p => p.output.Length > 0)
            .ToDictionary(p => p.output, p => p.node, StringComparer.Ordinal);
        // An initializer that is listed as an input can be overridden by the caller: it is no constant.
        var overridable = main.Input.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        var weights = main.Initializer.Where(i => i.DataType == (int)OnnxElementType.Float32 && !overridable.Contains(i.Name))
            .ToDictionary(i => i.Name, StringComparer.Ordinal);

        var folded = 0;
        foreach (var normalization in main.Node.Where(n => n.OpType == "BatchNormalization").ToList())
        {
            if (producers.GetValueOrDefault(normalization.Input[0]) is { OpType: "Conv" } convolution
                && uses.GetValueOrDefault(normalization.Input[0]) == 1
                && IsInference(normalization)
                && AllConstant(normalization.Input.Skip(1), weights)
                && AllConstant(convolution.Input.Skip(1), weights))
            {
                Fold(main, convolution, normalization, weights);
                folded++;
            }
        }

        if (folded > 0)
        {
            UnusedValues.Remove(main);
        }

        return folded;
    }

    private static bool IsInference(NodeProto normalization) =>
        normalization.Output.Skip(1).All(o => o.Length == 0) && new OnnxNode(normalization).GetInteger("training_mode", 0) == 0;

    private static bool AllConstant(IEnumerable<string> inputs, Dictionary<string, TensorProto> weights) =>
        inputs.All(i => i.Length == 0 || weights.ContainsKey(i));

    private static void Fold(GraphProto graph, NodeProto convolution, NodeProto normalization, Dictionary<string, TensorProto> weights)
    {
        var weight = weights[convolution.Input[1]];
        var filters = checked((int)weight.Dims[0]);
        var values = new OnnxTensor(weight).ToSingles();
        var bias = convolution.Input.Count > 2 && convolution.Input[2].Length > 0
            ? new OnnxTensor(weights[convolution.Input[2]]).ToDoubles()
            : new double[filters];
        var parameters = normalization.Input.Skip(1).Select(i => new OnnxTensor(weights[i]).ToDoubles()).ToArray();
        if (parameters.Any(p => p.Length != filters) || bias.Length != filters)
        {
            throw new OnnxShapeException(OnnxNode.NameOf(normalization), normalization.OpType, $"does not have one value for each of the {filters} filters of '{OnnxNode.NameOf(convolution)}'");
        }

        double epsilon = new OnnxNode(normalization).GetSingle("epsilon", 1e-5f);
        var foldedBias = new float[filters];
        var perFilter = filters == 0 ? 0 : values.Length / filters;
        for (var f = 0; f < filters; f++)
        {
            var factor = parameters[0][f] / Math.Sqrt(parameters[3][f] + epsilon);
            foldedBias[f] = (float)(((bias[f] - parameters[2][f]) * factor) + parameters[1][f]);
            foreach (ref var value in values.AsSpan(f * perFilter, perFilter))
            {
                value = (float)(value * factor);
            }
        }

        // New initializers, because the old ones may serve other nodes as well.
        var name = convolution.Input[1];
        var weightName = AddInitializer(graph, weights, $"{name}/folded", values, weight.Dims);
        var biasName = AddInitializer(graph, weights, $"{name}/folded_bias", foldedBias, [filters]);
        convolution.Input[1] = weightName;
        if (convolution.Input.Count > 2)
        {
            convolution.Input[2] = biasName;
        }
        else
        {
            convolution.Input.Add(biasName);
        }

        // The convolution takes over the name its readers know.
        convolution.Output[0] = normalization.Output[0];
        graph.Node.Remove(normalization);
    }

    private static string AddInitializer(GraphProto graph, Dictionary<string, TensorProto> weights, string wanted, float[] values, IEnumerable<long> dims)
    {
        var name = wanted;
        for (var i = 1; graph.Initializer.Any(t => t.Name == name) || graph.Node.Any(n => n.Output.Contains(name)); i++)
        {
            name = $"{wanted}_{i}";
        }

        var tensor = new TensorProto { Name = name, DataType = (int)OnnxElementType.Float32, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)) };
        tensor.Dims.AddRange(dims);
        graph.Initializer.Add(tensor);
        weights.Add(name, tensor);
        return name;
    }

    private static Dictionary<string, int> CountUses(GraphProto graph)
    {
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in UnusedValues.NamesRead(graph))
        {
            uses[name] = uses.GetValueOrDefault(name) + 1;
        }

        return uses;
    }
}
