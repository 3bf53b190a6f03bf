using CovidCtNet.Lib.Onnx.HalfPrecision;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// 16-bit floating point for GPUs: weights and the tensors between 16-bit operators are float16, the graph's own inputs and outputs stay
/// float32, and operators that would lose too much, or have no 16-bit form, are islands of float32 between casts.
/// </summary>
public static class HalfPrecisionConversion
{
    /// <summary>Gives the graph in 16 bits. Metadata is copied: whatever in it depends on the weights must be written anew.</summary>
    /// <param name="graph">The graph; not changed.</param>
    /// <param name="options">What stays in float32; <see cref="HalfPrecisionOptions.Default"/> if null.</param>
    /// <param name="floatLayers">Names of the nodes with weights that stayed in float32.</param>
    /// <exception cref="OnnxException">A node to keep in float32 does not exist, or the graph holds no operator with a 16-bit form.</exception>
    public static OnnxGraph Apply(OnnxGraph graph, HalfPrecisionOptions? options, out IReadOnlyList<string> floatLayers)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var writer = new HalfPrecisionWriter(graph.Clone(), options ?? HalfPrecisionOptions.Default);
        var converted = writer.Write();
        floatLayers = writer.FloatLayers;
        return converted;
    }
}
