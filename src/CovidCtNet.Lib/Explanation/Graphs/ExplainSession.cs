using CovidCtNet.Lib.Inference;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>A session of a graph with further outputs.</summary>
internal sealed class ExplainSession : IDisposable
{
    private readonly SharedSession _shared;
    private readonly string _inputName;
    private readonly string? _classInput;
    private readonly string[] _outputNames;
    private readonly BatchLanes? _lanes;
    private readonly string _name;

    /// <param name="session">The session, which this object now owns.</param>
    /// <param name="inputName">Name of the input [N, C, H, W].</param>
    /// <param name="classInput">Name of the input of the class of each slice, int64 [N]; null where the graph has none.</param>
    /// <param name="outputNames">Names of the outputs asked for.</param>
    /// <param name="lanes">Runs full batches in parts, now owned; null where the session runs all.</param>
    /// <param name="name">Name of the model in errors.</param>
    public ExplainSession(InferenceSession session, string inputName, string? classInput, string[] outputNames, BatchLanes? lanes, string name)
    {
        _name = name;
        _lanes = lanes;
        _shared = new SharedSession(session, () => lanes?.Dispose());
        _inputName = inputName;
        _classInput = classInput;
        _outputNames = outputNames;
    }

    /// <summary>Runs a batch and hands over its outputs, which live as long as <paramref name="read"/> runs.</summary>
    /// <param name="inputs">Values [C, H, W] of each of the N slices.</param>
    /// <param name="shape">N, C, H, W.</param>
    /// <param name="targetClasses">The class explained of each slice.</param>
    /// <param name="read">
    /// Gets the outputs in the order of their names; once for each part of the batch, one after another, with the numbers of its first slice
    /// and of its slices. Outputs may hold more slices than that.
    /// </param>
    /// <param name="cancellationToken">Ends the run between two of its operators.</param>
    public void Run(ReadOnlySpan<float[]> inputs, long[] shape, int[] targetClasses, Action<int, int, IReadOnlyList<OrtValue>> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _shared.Enter();
        try
        {
            using var run = new RunOptions();
            using var registration = cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, run);
            long[] classes = [.. targetClasses.Select(c => (long)c)];
            try
            {
                if (_lanes is { } lanes && lanes.Takes(classes.Length) && lanes.Session is { } session)
                {
                    RunParts(session, lanes, inputs, shape, classes, run, read);
                    return;
                }

                using var outputs = RunOnce(_shared.Session, inputs, shape, classes, run);
                read(0, classes.Length, outputs);
            }
            catch (OnnxRuntimeException e) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException("The run was cancelled.", e, cancellationToken);
            }
            catch (OnnxRuntimeException e)
            {
                // Sizes within a graph that do not fit each other show only when it runs.
                throw new ExplanationException($"{_name} cannot be run with its gradients ({e.Message.TrimEnd('.')}). Choose a layer nearer to the scores, or export the file again.", e);
            }
        }
        finally
        {
            _shared.Leave();
        }
    }

    private void RunParts(
        InferenceSession session, BatchLanes lanes, ReadOnlySpan<float[]> inputs, long[] shape, long[] classes, RunOptions run, Action<int, int, IReadOnlyList<OrtValue>> read)
    {
        // Places that no slice fills hold zeros, for class 0.
        var count = classes.Length;
        float[][] places = [.. inputs, .. Enumerable.Repeat<float[]>([], (lanes.Count * lanes.Part) - count)];
        Array.Resize(ref classes, places.Length);
        var parts = new IDisposableReadOnlyCollection<OrtValue>?[lanes.Count];
        try
        {
            Threads.For(lanes.Count, lanes.Count, part => parts[part] = RunOnce(
                session, places.AsSpan(part * lanes.Part, lanes.Part), [lanes.Part, .. shape[1..]], classes.AsMemory(part * lanes.Part, lanes.Part), run));
            for (var first = 0; first < count; first += lanes.Part)
            {
                // In order, so that sums over a batch do not depend on who was first.
                read(first, Math.Min(lanes.Part, count - first), parts[first / lanes.Part]!);
            }
        }
        finally
        {
            foreach (var outputs in parts)
            {
                outputs?.Dispose();
            }
        }
    }

    private IDisposableReadOnlyCollection<OrtValue> RunOnce(InferenceSession session, ReadOnlySpan<float[]> inputs, long[] shape, Memory<long> classes, RunOptions run)
    {
        // Memory of the runtime is aligned, that of the garbage collector is not: see AlignedMemory.
        using var data = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, shape);
        var values = data.GetTensorMutableDataAsSpan<float>();
        var length = values.Length / inputs.Length;
        for (var i = 0; i < inputs.Length; i++)
        {
            var place = values.Slice(i * length, length);
            inputs[i].CopyTo(place);
            place[inputs[i].Length..].Clear();
        }

        if (_classInput is null)
        {
            return session.Run(run, [_inputName], [data], _outputNames);
        }

        using var chosen = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, classes, [classes.Length]);
        return session.Run(run, [_inputName, _classInput], [data, chosen], _outputNames);
    }

    /// <summary>Refuses new runs; the session goes with the last one.</summary>
    public void Dispose() => _shared.Dispose();
}
