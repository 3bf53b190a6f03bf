using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Quantization;

/// <summary>
/// Takes the mean error of the logit out of the last bias. Correcting the biases of single layers leaves what clipped and rounded activations
/// add up to; a shift of the logit moves every slice towards one label.
/// </summary>
internal static class LogitCorrection
{
    /// <summary>Corrects in place, where the last node is a matrix product in float with a constant bias; else nothing is changed.</summary>
    /// <param name="quantized">The 8-bit graph.</param>
    /// <param name="error">Mean of its logits less those of the float graph, on the same slices.</param>
    public static void Apply(OnnxGraph quantized, double error)
    {
        if (quantized.Nodes.LastOrDefault(n => n.Outputs.Contains(ModelContract.LogitsName)) is not { OpType: "Gemm", Inputs: [_, _, var name] } last
            || last.GetSingle("beta", 1) != 1
            || quantized.Inputs.Any(i => i.Name == name)
            || quantized.FindInitializer(name) is not { ElementType: OnnxElementType.Float32, ElementCount: 1 or 2 } bias)
        {
            return;
        }

        // The logit of two scores is the second less the first.
        var values = bias.ToSingles();
        values[^1] = (float)(values[^1] - error);
        quantized.SetInitializer(OnnxTensor.Create<float>(name, values, [.. bias.Dimensions]));
    }
}
