using CovidCtNet.Lib.Inference;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>A session of a graph with further outputs.</summary>
internal sealed class ExplainSession : IDisposable
{
    private readonly SharedSession _shared;
    private readonly string _inputName;
    private readonly string? _classInput;
    private readonly string[] _outputNames;

    /// <param name="session">The session, which this object now owns.</param>
    /// <param name="inputName">Name of the input [N, C, H, W].</param>
    /// <param name="classInput">Name of the input of the class of each slice, int64 [N]; null where the graph has none.</param>
    /// <param name="outputNames">Names of the outputs asked for.</param>
    public ExplainSession(InferenceSession session, string inputName, string? classInput, string[] outputNames)
    {
        _shared = new SharedSession(session, static () => { });
        _inputName = inputName;
        _classInput = classInput;
        _outputNames = outputNames;
    }

    /// <summary>Runs a batch and hands over its outputs, which live as long as <paramref name="read"/> runs.</summary>
    /// <param name="input">Values [N, C, H, W].</param>
    /// <param name="shape">N, C, H, W.</param>
    /// <param name="targetClasses">The class explained of each slice.</param>
    /// <param name="read">Gets the outputs in the order of their names.</param>
    /// <param name="cancellationToken">Ends the run between two of its operators.</param>
    public void Run(float[] input, long[] shape, int[] targetClasses, Action<IReadOnlyList<OrtValue>> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _shared.Enter();
        try
        {
            using var run = new RunOptions();
            using var registration = cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, run);
            using var data = OrtValue.CreateTensorValueFromMemory(input, shape);
            long[] classes = [.. targetClasses.Select(c => (long)c)];
            using var chosen = OrtValue.CreateTensorValueFromMemory(classes, [classes.Length]);
            try
            {
                using var outputs = _classInput is null
                    ? _shared.Session.Run(run, [_inputName], [data], _outputNames)
                    : _shared.Session.Run(run, [_inputName, _classInput], [data, chosen], _outputNames);
                read(outputs);
            }
            catch (OnnxRuntimeException e) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException("The run was cancelled.", e, cancellationToken);
            }
        }
        finally
        {
            _shared.Leave();
        }
    }

    /// <summary>Refuses new runs; the session goes with the last one.</summary>
    public void Dispose() => _shared.Dispose();
}
