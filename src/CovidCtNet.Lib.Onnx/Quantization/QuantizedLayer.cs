namespace CovidCtNet.Lib.Onnx;

/// <summary>What became of one node.</summary>
/// <param name="NodeName">Name of the node.</param>
/// <param name="OpType">Its operator.</param>
/// <param name="OutputName">The tensor that it gives, after a rectifier it has taken up.</param>
/// <param name="IsQuantized">Whether it runs in 8 bits.</param>
/// <param name="Reason">Why it stays in float; <see langword="null"/> for a quantised node.</param>
public sealed record QuantizedLayer(string NodeName, string OpType, string OutputName, bool IsQuantized, string? Reason);
