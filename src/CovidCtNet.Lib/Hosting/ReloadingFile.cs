namespace CovidCtNet.Lib.Hosting;

/// <summary>
/// A resource that is made from a file, and made anew when the file changes. The file is looked at from time to time rather than watched:
/// notifications get lost on network and container volumes.
/// </summary>
internal sealed class ReloadingFile<T> : IDisposable
    where T : class
{
    private readonly Func<T> _load;
    private readonly Action<T> _dispose;
    private readonly Action<T> _replaced;
    private readonly Action<Exception> _failed;
    private readonly string? _path;
    private readonly Lock _gate = new();
    private readonly Timer? _timer;
    private CountedResource<T>? _current;
    private (DateTime Written, long Length) _seen;

    /// <param name="path">The file that is looked at; null for none.</param>
    /// <param name="interval">How often; null for never.</param>
    /// <param name="load">Makes the resource.</param>
    /// <param name="dispose">Releases one.</param>
    /// <param name="replaced">Told of a new resource.</param>
    /// <param name="failed">Told why a changed file could not be used.</param>
    public ReloadingFile(string? path, TimeSpan? interval, Func<T> load, Action<T> dispose, Action<T> replaced, Action<Exception> failed)
    {
        _path = path;
        _load = load;
        _dispose = dispose;
        _replaced = replaced;
        _failed = failed;
        _seen = Look();
        _current = new CountedResource<T>(load(), dispose);
        _timer = interval is { } period && path is not null ? new Timer(_ => CheckForChange(), null, period, period) : null;
    }

    /// <summary>Takes the resource of the moment; leave it after use.</summary>
    /// <exception cref="ObjectDisposedException">The source has been disposed.</exception>
    public CountedResource<T> Enter()
    {
        while (true)
        {
            var current = Volatile.Read(ref _current);
            ObjectDisposedException.ThrowIf(current is null, typeof(T));
            if (current.TryEnter())
            {
                return current;
            }
        }
    }

    /// <summary>Loads the file again if it is not what it was.</summary>
    public void CheckForChange()
    {
        // One at a time; a check that comes while a model is loading is one too many.
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            var found = Look();
            if (found == _seen || _current is null)
            {
                return;
            }

            var loaded = new CountedResource<T>(_load(), _dispose);
            _seen = found;
            var old = Interlocked.Exchange(ref _current, loaded);
            old?.Leave();
            _replaced(loaded.Value);
        }
        catch (Exception e)
        {
            // Not remembered as seen: a file that is still being written is tried again.
            _failed(e);
        }
        finally
        {
            _gate.Exit();
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_gate)
        {
            Interlocked.Exchange(ref _current, null)?.Leave();
        }
    }

    private (DateTime Written, long Length) Look()
    {
        var file = _path is null ? null : new FileInfo(_path);
        return file is { Exists: true } ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
