using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Quantization;

/// <summary>A model of lower precision, with its contract, ready to be saved or loaded. Measure it before you use it.</summary>
public sealed class QuantizedModel
{
    private readonly OnnxGraph _graph;

    internal QuantizedModel(OnnxGraph graph, ModelContract contract, IReadOnlyList<LayerError> layers)
    {
        _graph = graph;
        Contract = contract;
        Layers = layers;
    }

    /// <summary>
    /// What the model says of itself: that of the float model, with the precision, the hash of the new weights and no metrics, since those of
    /// the float model were not measured on this one.
    /// </summary>
    public ModelContract Contract { get; private init; }

    /// <summary>What became of each layer of an 8-bit model, in the order of the graph; empty for a 16-bit one.</summary>
    public IReadOnlyList<LayerError> Layers { get; }

    /// <summary>The same model with what was measured on it.</summary>
    /// <param name="metrics">The values, each with its interval.</param>
    /// <exception cref="ArgumentException">A metric does not hold.</exception>
    public QuantizedModel WithMetrics(IReadOnlyList<ModelMetric> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var contract = Contract with { Metrics = metrics };
        var reasons = contract.Validate();
        return reasons.Count == 0
            ? new QuantizedModel(_graph, contract, Layers)
            : throw new ArgumentException(string.Join("; ", reasons), nameof(metrics));
    }

    /// <summary>The bytes of the ONNX file.</summary>
    public byte[] ToArray() => Sealed().ToArray();

    /// <summary>Writes the ONNX file; its name never shows a half-written one.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => Sealed().Save(path);

    /// <summary>Loads the model.</summary>
    /// <param name="options">How to run it; <see cref="CovidCtModelOptions.Default"/> if null.</param>
    /// <exception cref="CovidCtModelException">The runtime or the provider is not usable; the type and message say which.</exception>
    public CovidCtModel Load(CovidCtModelOptions? options = null)
        => CovidCtModel.Load(new MemoryStream(ToArray(), writable: false), options, $"{Contract.Name} in {Contract.Precision}");

    private OnnxGraph Sealed()
    {
        var graph = _graph.Clone();
        graph.Metadata[ModelContract.MetadataKey] = Contract.ToJson();
        return graph;
    }
}
