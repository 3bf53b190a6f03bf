namespace CovidCtNet.Lib.Onnx;

/// <summary>An 8-bit graph and what became of each node.</summary>
/// <param name="Graph">The graph, with <c>QuantizeLinear</c> and <c>DequantizeLinear</c> around 8-bit tensors (QDQ).</param>
/// <param name="Layers">The nodes of the float graph, in its order.</param>
/// <param name="DequantizedTensors">
/// For each tensor of the float graph that is held in 8 bits, the tensor of <paramref name="Graph"/> with the same values after rounding:
/// make both outputs to see the error that has built up to there.
/// </param>
public sealed record QuantizedGraph(
    OnnxGraph Graph, IReadOnlyList<QuantizedLayer> Layers, IReadOnlyDictionary<string, string> DequantizedTensors);
