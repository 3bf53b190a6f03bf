using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Inference;

/// <summary>
/// Runs one input and one output of a session in batches, from any number of threads, over tensors that are kept and used again.
/// </summary>
internal sealed class ModelRunner : IDisposable
{
    private readonly SharedSession _shared;
    private readonly ConcurrentQueue<BatchBuffer> _idle = [];
    private readonly RunOptions _plainRun = new();
    private readonly string _inputName;
    private readonly string _outputName;
    private readonly int[] _sampleShape;
    private readonly int _outputLength;
    private readonly int _batchSize;
    private readonly OrtAllocator? _pinned;
    private readonly BatchLanes? _lanes;
    private readonly bool _copies;
    private readonly string? _name;

    /// <param name="session">The session, which the runner now owns.</param>
    /// <param name="inputName">Name of the input [N, ...].</param>
    /// <param name="sampleShape">Shape of one sample of the input: C, H, W.</param>
    /// <param name="outputName">Name of the output [N, K].</param>
    /// <param name="outputLength">K.</param>
    /// <param name="batchSize">The largest N.</param>
    /// <param name="pinned">Gives the memory of inputs and outputs, now owned; null for managed memory.</param>
    /// <param name="lanes">Runs full batches in parts, now owned; null where the session runs all. Not with <paramref name="pinned"/>.</param>
    /// <param name="copies">Whether the session runs on a device that values are copied to.</param>
    /// <param name="name">Name of the model in errors.</param>
    public ModelRunner(
        InferenceSession session, string inputName, int[] sampleShape, string outputName, int outputLength, int batchSize,
        OrtAllocator? pinned = null, BatchLanes? lanes = null, bool copies = false, string? name = null)
    {
        _name = name;
        _pinned = pinned;
        _lanes = lanes;
        _copies = copies;
        _inputName = inputName;
        _outputName = outputName;
        _sampleShape = sampleShape;
        _outputLength = outputLength;
        _batchSize = batchSize;
        _shared = new SharedSession(session, ReleaseBuffers);
    }

    /// <summary>Takes a buffer; give it back by disposing of it. While it is out the session lives.</summary>
    /// <exception cref="ObjectDisposedException">The runner has been disposed.</exception>
    public BatchBuffer Rent()
    {
        _shared.Enter();
        try
        {
            return _idle.TryDequeue(out var buffer) ? buffer : new BatchBuffer(this, _sampleShape, _outputLength, _batchSize, _pinned, _lanes);
        }
        catch
        {
            _shared.Leave();
            throw;
        }
    }

    /// <summary>Refuses new runs; the session goes when the last run has ended. May be called at any time, from any thread.</summary>
    public void Dispose() => _shared.Dispose();

    internal void Return(BatchBuffer buffer)
    {
        _idle.Enqueue(buffer);
        _shared.Leave();
    }

    /// <summary>Binds tensors to the session of the lanes, or to the plain one where there is none.</summary>
    internal BoundRun Bind(InferenceSession? lanes, OrtValue input, OrtValue output) =>
        new(lanes ?? _shared.Session, _inputName, input, _outputName, output, lanes is null && _copies);

    /// <summary>Runs what is bound; several parts at once.</summary>
    internal void Run(BoundRun[] parts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (!cancellationToken.CanBeCanceled)
            {
                Run(parts, _plainRun);
                return;
            }

            using var run = new RunOptions();

            // The registration goes before the options: its disposal waits for a callback under way.
            using var registration = cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, run);
            Run(parts, run);
        }
        catch (OnnxRuntimeException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The run was cancelled.", e, cancellationToken);
        }
        catch (OnnxRuntimeException e)
        {
            // Sizes within a graph that do not fit each other show only when it runs.
            throw new CovidCtModelOutputException(_name, $"cannot be run ({e.Message.TrimEnd('.')})", "Sizes within its graph do not fit each other: export it again", e);
        }
    }

    private static void Run(BoundRun[] parts, RunOptions options)
    {
        if (parts is [var only])
        {
            only.Run(options);
            return;
        }

        Threads.For(parts.Length, parts.Length, part => parts[part].Run(options));
    }

    private void ReleaseBuffers()
    {
        while (_idle.TryDequeue(out var buffer))
        {
            buffer.Release();
        }

        _plainRun.Dispose();
        _lanes?.Dispose();
        _pinned?.Dispose();
    }
}
