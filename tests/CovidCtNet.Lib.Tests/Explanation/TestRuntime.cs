using CovidCtNet.Lib.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>Runs a graph as it is in ONNX Runtime and gives one tensor.</summary>
internal static class TestRuntime
{
    public static float[] Run(OnnxGraph graph, string tensor, float[] input, long[] shape)
    {
        var shown = graph.Clone();
        shown.AddOutput(tensor, OnnxElementType.Float32);
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(shown.ToArray(), options);
        using var value = OrtValue.CreateTensorValueFromMemory(input, shape);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [shown.Inputs[0].Name], [value], [tensor]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
