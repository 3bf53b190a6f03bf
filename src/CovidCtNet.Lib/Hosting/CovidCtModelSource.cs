using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CovidCtNet.Lib.Hosting;

/// <summary>
/// The one model of an application, replaced when its file changes if the options say so. Registered as a singleton by
/// <see cref="CovidCtServiceCollectionExtensions.AddCovidCt"/>; safe to use from many threads. Slices are never logged.
/// </summary>
public sealed partial class CovidCtModelSource : IDisposable
{
    private readonly ReloadingFile<CovidCtModel> _file;
    private readonly ILogger _logger;
    private volatile string? _failure;

    /// <summary>Loads the model.</summary>
    /// <param name="options">Which model, and how to run it.</param>
    /// <param name="logger">Told of loading and of failures.</param>
    /// <exception cref="OptionsValidationException">The options do not hold.</exception>
    /// <exception cref="CovidCtModelException">The model, the runtime or the provider is not usable.</exception>
    public CovidCtModelSource(IOptions<CovidCtServiceOptions> options, ILogger<CovidCtModelSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        _logger = logger;
        var o = options.Value;
        _file = new ReloadingFile<CovidCtModel>(
            o.ModelPath,
            o.ReloadOnChange ? o.ReloadInterval : null,
            () => Load(o),
            static model => model.Dispose(),
            OnReplaced,
            OnFailed);
    }

    /// <summary>Why the changed model file could not be used, so that an older model is at work; null if all is well.</summary>
    public string? ReloadFailure => _failure;

    /// <summary>Takes the model of the moment. It stays usable until the lease is disposed of, even if the file changes.</summary>
    /// <exception cref="ObjectDisposedException">The application is shutting down.</exception>
    public CovidCtModelLease Lease() => new(_file.Enter());

    /// <summary>Releases the model, once work under way has ended.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Runs the model once: the first run takes memory and time that later ones do not.</summary>
    internal void Start()
    {
        using var lease = Lease();
        var model = lease.Model;
        model.Predict(CtPhantom.Create(1, new CtPhantomOptions { Width = 64, Height = 64 }).Image);
        LogStarted(_logger, model.Contract.Name, model.Contract.Version, model.Provider);
    }

    /// <summary>Looks at the file now.</summary>
    internal void CheckForChange() => _file.CheckForChange();

    private static CovidCtModel Load(CovidCtServiceOptions options)
        => options.ModelPath is { } path ? CovidCtModel.Load(path, options.Model) : CovidCtModel.LoadDefault(options.Model);

    private void OnReplaced(CovidCtModel model)
    {
        _failure = null;
        LogReplaced(_logger, model.Contract.Name, model.Contract.Version);
    }

    private void OnFailed(Exception e)
    {
        // Once for each reason: a bad file is looked at again and again.
        if (_failure != e.Message)
        {
            _failure = e.Message;
            LogFailed(_logger, e.Message, e);
        }
    }

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "The model {Name} {Version} is in use on {Provider}.")]
    private static partial void LogStarted(ILogger logger, string name, string version, CtExecutionProvider provider);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "The model file changed: {Name} {Version} is in use now.")]
    private static partial void LogReplaced(ILogger logger, string name, string version);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "The changed model file cannot be used, and the model before it goes on: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason, Exception exception);
}
