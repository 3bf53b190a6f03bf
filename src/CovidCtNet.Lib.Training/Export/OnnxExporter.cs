using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Networks;

namespace CovidCtNet.Lib.Training.Export;

/// <summary>
/// Turns a trained network into ONNX graphs that the Inference classes and any other ONNX runtime read: batch normalisations
/// left as they are, which the runtime folds when it loads and <see cref="OnnxImporter"/> needs; the batch size left open.
/// </summary>
public static class OnnxExporter
{
    /// <summary>Names of the attention outputs of the explain graph begin so; the number of the module follows, from 1.</summary>
    public const string AttentionOutputPrefix = "attention_";

    /// <summary>
    /// The predict graph: <c>input</c> float32 [N, C, H, W] to <c>logits</c> float32 [N, 1] or [N, 2]. It carries no contract yet.
    /// </summary>
    /// <param name="network">The network; its running batch statistics are used whatever its mode.</param>
    public static OnnxGraph ToPredictGraph(CtNetwork network) => ToPredictGraph(network, fold: false);

    /// <summary>The predict graph of a network with its contract, ready to be saved and loaded.</summary>
    /// <param name="network">The network.</param>
    /// <param name="contract">What the model says of itself; the hash of the weights and the network's description are filled in here.</param>
    /// <exception cref="ArgumentException">The contract is not valid, with the reasons.</exception>
    public static OnnxGraph ToPredictGraph(CtNetwork network, ModelContract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        var graph = ToPredictGraph(network);
        Seal(graph, contract with { Network = Describe(network.Options) });
        return graph;
    }

    /// <summary>
    /// The explain graph of a predict graph: the same, and the channel mean of each module's soft mask as <c>attention_1</c>,
    /// <c>attention_2</c>, …, float32 [N, 1, h, w] in (0, 1). A runtime computes every output of a graph, so prediction keeps its own.
    /// </summary>
    /// <exception cref="ArgumentException">The network has no attention modules.</exception>
    public static OnnxGraph ToExplainGraph(OnnxGraph predictGraph)
    {
        ArgumentNullException.ThrowIfNull(predictGraph);
        var graph = predictGraph.Clone();
        var modules = 0;
        while (graph.HasTensor(MaskTensor(modules + 1)))
        {
            modules++;
            graph.AddChannelMeanOutput(MaskTensor(modules), AttentionOutputPrefix + modules);
        }

        if (modules == 0)
        {
            throw new ArgumentException("The graph has no attention masks: it is the baseline without attention, or was not exported here.", nameof(predictGraph));
        }

        if (graph.Metadata.TryGetValue(ModelContract.MetadataKey, out var contract))
        {
            Seal(graph, ModelContract.FromJson(contract));
        }

        return graph;
    }

    /// <summary>The description of a network that its contract carries.</summary>
    public static ModelNetwork Describe(NetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ModelNetwork
        {
            Architecture = options.Architecture,
            Width = options.Width,
            InputChannels = options.InputChannels,
            InputWidth = options.InputWidth,
            InputHeight = options.InputHeight,
            Head = options.Head == ClassifierHead.OneLogit ? ModelHead.OneLogit : ModelHead.TwoClass,
            StandardizesInput = options.StandardizeInput,
            Attention = options.Attention && options.Family == NetworkFamily.ResidualAttention,
        };
    }

    internal static OnnxGraph ToPredictGraph(CtNetwork network, bool fold)
    {
        ArgumentNullException.ThrowIfNull(network);
        var options = network.Options;
        var builder = new OnnxGraphBuilder(options.Architecture);
        var input = builder.Input(ModelContract.InputName, ["N", options.InputChannels, options.InputHeight, options.InputWidth]);
        var graph = builder.Build(network.Emit(builder, input, ModelContract.LogitsName));
        if (fold)
        {
            BatchNormalizationFolding.Apply(graph);
        }

        return graph;
    }

    private static string MaskTensor(int module) => $"attention{module}/mask/values";

    private static void Seal(OnnxGraph graph, ModelContract contract)
    {
        var whole = contract with { WeightsSha256 = graph.ComputeWeightsSha256() };
        var reasons = whole.Validate();
        if (reasons.Count > 0)
        {
            throw new ArgumentException("The model contract is not valid: " + string.Join("; ", reasons) + ".", nameof(contract));
        }

        graph.Metadata[ModelContract.MetadataKey] = whole.ToJson();
    }
}
