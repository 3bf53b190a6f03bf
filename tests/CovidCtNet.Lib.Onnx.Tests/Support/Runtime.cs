using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CovidCtNet.Lib.Onnx.Tests.Support;

/// <summary>Runs a graph in ONNX Runtime, the reference for what a graph means.</summary>
internal static class Runtime
{
    public static Dictionary<string, RuntimeTensor> Run(OnnxGraph graph, params (string Name, float[] Values, int[] Shape)[] inputs) =>
        Run(graph, [.. inputs.Select(i => NamedOnnxValue.CreateFromTensor(i.Name, new DenseTensor<float>(i.Values, i.Shape)))]);

    public static Dictionary<string, RuntimeTensor> Run(
        OnnxGraph graph, IReadOnlyCollection<NamedOnnxValue> inputs, GraphOptimizationLevel level = GraphOptimizationLevel.ORT_DISABLE_ALL)
    {
        // One thread and, unless asked for, no fusion: results do not depend on the machine, and every node is run as it is written.
        using var options = new SessionOptions { IntraOpNumThreads = 1, GraphOptimizationLevel = level, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(graph.ToArray(), options);
        using var results = session.Run(inputs);
        return results.ToDictionary(r => r.Name, ToTensor, StringComparer.Ordinal);
    }

    private static RuntimeTensor ToTensor(DisposableNamedOnnxValue value) => value.Value switch
    {
        Tensor<float> t => new([.. t.Dimensions], [.. t.Select(v => (double)v)]),
        Tensor<double> t => new([.. t.Dimensions], [.. t]),
        Tensor<long> t => new([.. t.Dimensions], [.. t.Select(v => (double)v)]),
        Tensor<int> t => new([.. t.Dimensions], [.. t.Select(v => (double)v)]),
        Tensor<bool> t => new([.. t.Dimensions], [.. t.Select(v => v ? 1.0 : 0.0)]),
        _ => throw new NotSupportedException($"Output '{value.Name}' is {value.ElementType}."),
    };
}
