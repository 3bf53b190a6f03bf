using CovidCtNet.Lib.Onnx.Quantization;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// Static 8-bit quantisation of a convolutional network with any weights: unsigned asymmetric activations, signed symmetric weights, 32-bit
/// biases, written as <c>QuantizeLinear</c> and <c>DequantizeLinear</c> (QDQ) pairs that runtimes turn into integer kernels.
/// </summary>
/// <remarks>
/// In three steps: <see cref="Prepare"/> the graph; run it over representative inputs with the <see cref="TensorsToCalibrate"/> as outputs and
/// feed a <see cref="CalibrationStatistics"/>; <see cref="Quantize"/>. Metadata is copied: whatever in it depends on the weights must be written
/// anew.
/// </remarks>
public static class GraphQuantizer
{
    /// <summary>Per-channel scales came with this operator set.</summary>
    private const int OldestOpset = 13;

    /// <summary>
    /// Gives a float graph of the same function in the form that is quantised: batch normalisations folded into the convolutions before them
    /// or written as depthwise convolutions, channels equalised, as the options say.
    /// </summary>
    /// <param name="graph">The graph; not changed. 32-bit float.</param>
    /// <param name="options">How; <see cref="QuantizationOptions.Default"/> if null.</param>
    /// <exception cref="OnnxException">The operator set is older than 13 and weights are to have scales per channel.</exception>
    public static OnnxGraph Prepare(OnnxGraph graph, QuantizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        options ??= QuantizationOptions.Default;
        if (options.PerChannelWeights && graph.OpsetVersion < OldestOpset)
        {
            throw new OnnxException(
                $"'{graph.FileName ?? graph.Name}' uses operator set {graph.OpsetVersion}; scales per channel need {OldestOpset} or newer. Export the model with a newer operator set, or set {nameof(QuantizationOptions.PerChannelWeights)} to false.");
        }

        var prepared = graph.Clone();
        BatchNormalizationFolding.Apply(prepared);
        if (options.ConvertNormalizations)
        {
            NormalizationConversion.Apply(prepared);
        }

        if (options.ConvertStems)
        {
            StemConversion.Apply(prepared);
        }

        if (options.EqualizeLayers)
        {
            CrossLayerEqualization.Apply(prepared);
        }

        return prepared;
    }

    /// <summary>The tensors whose values <see cref="Quantize"/> must know.</summary>
    /// <param name="prepared">What <see cref="Prepare"/> gave.</param>
    /// <param name="options">The same options.</param>
    /// <exception cref="OnnxException">A node to keep in float does not exist.</exception>
    public static IReadOnlyList<string> TensorsToCalibrate(OnnxGraph prepared, QuantizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        var plan = QuantizationPlan.Make(prepared, options ?? QuantizationOptions.Default);
        return [.. plan.Tensors.Order(StringComparer.Ordinal)];
    }

    /// <summary>Gives the 8-bit graph.</summary>
    /// <param name="prepared">What <see cref="Prepare"/> gave; not changed.</param>
    /// <param name="statistics">Statistics of the <see cref="TensorsToCalibrate"/>.</param>
    /// <param name="options">The same options.</param>
    /// <exception cref="OnnxException">A tensor was not calibrated, or a node to keep in float does not exist.</exception>
    public static QuantizedGraph Quantize(OnnxGraph prepared, CalibrationStatistics statistics, QuantizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(statistics);
        var graph = prepared.Clone();
        return new QuantizedGraphWriter(graph, statistics, options ?? QuantizationOptions.Default).Write();
    }

    /// <summary>Gives the graph with one node in 8 bits and the rest in float, to measure how sensitive the result is to it.</summary>
    /// <param name="prepared">What <see cref="Prepare"/> gave; not changed.</param>
    /// <param name="statistics">Statistics of the <see cref="TensorsToCalibrate"/>.</param>
    /// <param name="nodeName">A node with weights that <see cref="Quantize"/> quantises.</param>
    /// <param name="options">The same options.</param>
    /// <exception cref="OnnxException">There is no such node, or a tensor was not calibrated.</exception>
    public static QuantizedGraph QuantizeOnly(
        OnnxGraph prepared, CalibrationStatistics statistics, string nodeName, QuantizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentException.ThrowIfNullOrEmpty(nodeName);
        var weighted = prepared.Model.Graph.Node.Where(QuantizationPlan.HasWeights).Select(OnnxNode.NameOf).ToList();
        if (!weighted.Remove(nodeName))
        {
            throw new OnnxException($"There is no node '{nodeName}' with weights.");
        }

        return Quantize(prepared, statistics, (options ?? QuantizationOptions.Default) with { FloatNodes = weighted });
    }
}
