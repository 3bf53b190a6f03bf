using CovidCtNet.Lib.Onnx.Tests.Support;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CovidCtNet.Lib.Onnx.Tests.Quantization;

/// <summary>Quantises graphs with ONNX Runtime in the caller's part.</summary>
internal static class QuantizationSamples
{
    public static QuantizedGraph Quantize(OnnxGraph prepared, float[] values, int[] shape, QuantizationOptions? options = null)
    {
        var tensors = GraphQuantizer.TensorsToCalibrate(prepared, options);
        var exposed = prepared.Clone();
        foreach (var tensor in tensors)
        {
            exposed.AddOutput(tensor, OnnxElementType.Float32);
        }

        var input = prepared.Inputs[0].Name;
        var statistics = new CalibrationStatistics();
        var seen = Runtime.Run(exposed, (input, values, shape));
        foreach (var tensor in tensors)
        {
            if (tensor == input)
            {
                statistics.Add(tensor, values, [.. shape.Select(s => (long)s)]);
            }
            else
            {
                statistics.Add(tensor, [.. seen[tensor].Values.Select(v => (float)v)], [.. seen[tensor].Shape.Select(s => (long)s)]);
            }
        }

        return GraphQuantizer.Quantize(prepared, statistics, options);
    }

    public static double[] Run(OnnxGraph graph, float[] values, int[] shape, string? output = null, GraphOptimizationLevel level = GraphOptimizationLevel.ORT_DISABLE_ALL)
        => Runtime.Run(graph, [NamedOnnxValue.CreateFromTensor(graph.Inputs[0].Name, new DenseTensor<float>(values, shape))], level)[output ?? graph.Outputs[0].Name].Values;

    /// <summary>Root mean square difference over root mean square value.</summary>
    public static double RelativeError(double[] expected, double[] actual)
        => Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum() / expected.Sum(e => e * e));
}
