using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Quantization;

/// <summary>Runs a graph that was just made, one slice at a time, and shows its outputs.</summary>
internal sealed class GraphSession : IDisposable
{
    /// <summary>Sees one output of a run.</summary>
    public delegate void Visitor(string name, ReadOnlySpan<float> values, ReadOnlySpan<long> dimensions);

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _outputs;
    private readonly ModelNetwork _network;
    private readonly float[] _input;

    /// <param name="graph">The graph; not changed.</param>
    /// <param name="outputs">Its tensors to show, whether outputs or not.</param>
    /// <param name="network">Shape of the input.</param>
    /// <param name="threads">Threads of a run; 0 leaves it to ONNX Runtime.</param>
    /// <param name="sourceName">The model's name for messages.</param>
    public GraphSession(OnnxGraph graph, IReadOnlyList<string> outputs, ModelNetwork network, int threads, string? sourceName)
    {
        var exposed = graph.Clone();
        foreach (var output in outputs)
        {
            exposed.AddOutput(output, OnnxElementType.Float32);
        }

        (_session, _) = SessionFactory.Open(exposed.ToArray(), new CovidCtModelOptions { IntraOpThreads = threads }, sourceName);
        _outputs = [.. outputs];
        _network = network;
        _input = new float[network.InputChannels * network.InputHeight * network.InputWidth];
    }

    /// <summary>Runs one slice.</summary>
    /// <param name="plane">The preprocessed slice, one plane; it fills each channel.</param>
    /// <param name="visit">Sees each output.</param>
    public void Run(ReadOnlySpan<float> plane, Visitor visit)
    {
        for (var start = 0; start < _input.Length; start += plane.Length)
        {
            plane.CopyTo(_input.AsSpan(start));
        }

        using var input = OrtValue.CreateTensorValueFromMemory(_input, [1, _network.InputChannels, _network.InputHeight, _network.InputWidth]);
        using var results = _session.Run(_run, [ModelContract.InputName], [input], _outputs);
        for (var i = 0; i < _outputs.Length; i++)
        {
            visit(_outputs[i], results[i].GetTensorDataAsSpan<float>(), results[i].GetTensorTypeAndShape().Shape);
        }
    }

    /// <summary>The logit of one slice.</summary>
    public double Logit(ReadOnlySpan<float> plane)
    {
        double logit = 0;
        Run(plane, (name, values, _) =>
        {
            if (name == ModelContract.LogitsName)
            {
                logit = values.Length == 2 ? (double)values[1] - values[0] : values[0];
            }
        });
        return logit;
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }
}
