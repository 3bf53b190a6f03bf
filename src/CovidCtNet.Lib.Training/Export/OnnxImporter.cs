using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Runs;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Export;

/// <summary>Reads the weights of an exported model back into a network, to train on from there.</summary>
public static class OnnxImporter
{
    // Marks start here: no constant of the graph that is not a weight has such a value.
    private const int FirstMark = 1_000_000;

    /// <summary>Copies the weights of <paramref name="graph"/> into <paramref name="network"/>, whose input size may be another.</summary>
    /// <param name="graph">A model that <see cref="OnnxExporter"/> wrote in training form, batch normalisations unfolded.</param>
    /// <param name="network">A network of the same family, depth, width and head.</param>
    /// <exception cref="TrainingException">The graph is of another network, or its batch normalisations were folded away.</exception>
    public static void Restore(OnnxGraph graph, CtNetwork network)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(network);
        var stored = graph.Initializers.ToDictionary(t => t.Name, StringComparer.Ordinal);
        using var noGrad = no_grad();
        foreach (var (name, target) in TensorsByName(network))
        {
            if (!stored.TryGetValue(name, out var values) || !values.Dimensions.SequenceEqual(target.shape))
            {
                throw new TrainingException(
                    $"The model cannot be trained on: it has no weight '{name}' of shape [{string.Join(", ", target.shape)}]. Its network must be that of the options ({network.Options.Architecture}, width {network.Options.Width}), and its batch normalisations unfolded, as this library exports them.");
            }

            using var loaded = tensor(values.ToSingles(), target.shape);
            target.copy_(loaded);
        }
    }

    /// <summary>The network that a model's contract describes, with the model's weights.</summary>
    /// <param name="graph">A model with its contract.</param>
    /// <exception cref="TrainingException">It has no contract, or an unknown network, or as <see cref="Restore"/>.</exception>
    public static CtNetwork ToNetwork(OnnxGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (!graph.Metadata.TryGetValue(ModelContract.MetadataKey, out var json))
        {
            throw new TrainingException("The model has no contract: export it with this library first.");
        }

        var network = CtNetwork.Create(OptionsOf(ModelContract.FromJson(json).Network));
        Restore(graph, network);
        network.eval();
        return network;
    }

    // Emission alone knows which weight gets which name. So a copy of the network is emitted with every weight set to a number of its own.
    private static List<(string Name, Tensor Tensor)> TensorsByName(CtNetwork network)
    {
        using var scope = NewDisposeScope();
        using var marked = CtNetwork.Create(network.Options);
        var state = network.state_dict().Where(p => p.Value.is_floating_point()).OrderBy(p => p.Key, StringComparer.Ordinal).ToArray();
        var copy = marked.state_dict();
        foreach (var (i, (key, _)) in state.Index())
        {
            copy[key].fill_(FirstMark + i);
        }

        return [.. from initializer in OnnxExporter.ToPredictGraph(marked, fold: false).Initializers
                   let first = initializer.ElementType == OnnxElementType.Float32 ? initializer.ToSingles().FirstOrDefault() : 0
                   where first >= FirstMark
                   select (initializer.Name, state[(int)first - FirstMark].Value)];
    }

    internal static NetworkOptions OptionsOf(ModelNetwork described)
    {
        var options = new NetworkOptions
        {
            Width = described.Width,
            InputChannels = described.InputChannels,
            InputWidth = described.InputWidth,
            InputHeight = described.InputHeight,
            StandardizeInput = described.StandardizesInput,
            Head = described.Head == ModelHead.OneLogit ? ClassifierHead.OneLogit : ClassifierHead.TwoClass,
        };
        NetworkOptions[] known =
        [
            options, options with { Attention = false }, options with { Depth = AttentionDepth.Attention92 },
            options with { Depth = AttentionDepth.Attention92, Attention = false }, options with { Family = NetworkFamily.SmallConvolutional },
        ];
        return known.FirstOrDefault(o => o.Architecture == described.Architecture)
            ?? throw new TrainingException($"The network '{described.Architecture}' is not known here.");
    }
}
