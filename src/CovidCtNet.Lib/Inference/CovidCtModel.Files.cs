using System.Buffers;
using System.Runtime.CompilerServices;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

public sealed partial class CovidCtModel
{
    /// <summary>
    /// Classifies image files. Each file gets one result, in the order given: a prediction, or the error that says why there is none. The
    /// next files are read while the network works, the network works while the caller has the results before, and no more than two batches of
    /// prepared slices are held.
    /// </summary>
    /// <param name="paths">The files; taken as they are needed.</param>
    /// <param name="progress">Told after each result.</param>
    /// <param name="cancellationToken">Ends the work between files, or within a run between two of its operators.</param>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IAsyncEnumerable<CtFileResult> PredictFilesAsync(
        IEnumerable<string> paths, IProgress<CtFileProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return StreamFiles(paths, progress, cancellationToken);
    }

    private async IAsyncEnumerable<CtFileResult> StreamFiles(
        IEnumerable<string> paths, IProgress<CtFileProgress>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int? total = paths.TryGetNonEnumeratedCount(out var known) ? known : null;
        var (completed, failed) = (0, 0);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<Task<PreparedFile>>();
        using var source = paths.GetEnumerator();
        var batch = new List<PreparedFile>(Options.BatchSize);
        Task<CtFileResult[]>? running = null;
        CtFileResult[] done = [];
        try
        {
            do
            {
                ReadAhead(source, ahead, Options.BatchSize, stop.Token);
                while (batch.Count < Options.BatchSize && ahead.TryDequeue(out var next))
                {
                    batch.Add(await next.ConfigureAwait(false));
                }

                // Before the network starts, so that it does not wait for files when it is done.
                ReadAhead(source, ahead, Options.BatchSize, stop.Token);
                running = batch.Count == 0 ? null : Task.Run(() => PredictPrepared(batch, stop.Token), stop.Token);

                // Whatever the caller does with the batch before, the network works on this one.
                foreach (var result in done)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    completed++;
                    failed += result.IsSuccess ? 0 : 1;
                    progress?.Report(new CtFileProgress(completed, failed, total));
                    yield return result;
                }

                done = running is null ? [] : await running.ConfigureAwait(false);
                running = null;
                Return(batch);
            }
            while (done.Length > 0);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            if (running is not null)
            {
                await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            Return(batch);
            while (ahead.TryDequeue(out var left))
            {
                await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (left.IsCompletedSuccessfully)
                {
                    left.Result.Return();
                }
            }
        }
    }

    private static void Return(List<PreparedFile> batch)
    {
        foreach (var file in batch)
        {
            file.Return();
        }

        batch.Clear();
    }

    private void ReadAhead(IEnumerator<string> source, Queue<Task<PreparedFile>> ahead, int count, CancellationToken cancellationToken)
    {
        while (ahead.Count < count && source.MoveNext())
        {
            var path = source.Current;
            ahead.Enqueue(Task.Run(() => Prepare(path), cancellationToken));
        }
    }

    /// <summary>Reads and preprocesses one file; whatever goes wrong with it is its result and stops no other.</summary>
    private PreparedFile Prepare(string path)
    {
        var length = Preprocessing.Width * Preprocessing.Height;
        var plane = ArrayPool<float>.Shared.Rent(length);
        try
        {
            using var loan = PixelArrays.Lend();
            var image = CtImage.Load(path, Options.ImageLimits);
            var gate = Options.Gate == CtGateMode.Off ? null : CtInputGate.Check(image, Preprocessing.Window);
            if (Options.Gate == CtGateMode.Enforce && gate!.Verdict == CtGateVerdict.Refused)
            {
                throw new CtImageRefusedException(path, gate);
            }

            Preprocessing.Apply(image, plane.AsSpan(0, length));
            return new PreparedFile(path, plane, null, gate);
        }
        catch (Exception e)
        {
            ArrayPool<float>.Shared.Return(plane);
            return new PreparedFile(path, null, e, (e as CtImageRefusedException)?.Gate);
        }
    }

    private CtFileResult[] PredictPrepared(List<PreparedFile> batch, CancellationToken cancellationToken)
    {
        var ready = batch.Count(f => f.Plane is not null);
        using var buffer = _runner.Rent();
        var length = Preprocessing.Width * Preprocessing.Height;
        if (ready > 0)
        {
            buffer.Resize(ready);
            var sample = 0;
            foreach (var file in batch)
            {
                if (file.Plane is { } plane)
                {
                    var input = buffer.Input(sample++);
                    plane.AsSpan(0, length).CopyTo(input);
                    Repeat(input, length);
                }
            }

            buffer.Run(cancellationToken);
        }

        var results = new CtFileResult[batch.Count];
        var output = 0;
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = batch[i].Plane is null
                ? new CtFileResult(batch[i].Path, null, batch[i].Error, batch[i].Gate)
                : InterpretFile(batch[i].Path, batch[i].Gate, buffer.Output(output++));
        }

        return results;
    }

    private CtFileResult InterpretFile(string path, CtGateResult? gate, ReadOnlySpan<float> output)
    {
        try
        {
            return new CtFileResult(path, Interpret(output, path), null, gate);
        }
        catch (CovidCtModelOutputException e)
        {
            return new CtFileResult(path, null, e, gate);
        }
    }

    /// <summary>A file that is ready for the network, or the reason why it is not.</summary>
    private sealed class PreparedFile(string path, float[]? plane, Exception? error, CtGateResult? gate)
    {
        public CtGateResult? Gate => gate;

        public string Path => path;

        /// <summary>Rented; one plane at its start.</summary>
        public float[]? Plane { get; private set; } = plane;

        public Exception? Error => error;

        public void Return()
        {
            if (Plane is { } rented)
            {
                Plane = null;
                ArrayPool<float>.Shared.Return(rented);
            }
        }
    }
}
