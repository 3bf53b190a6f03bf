using CovidCtNet.Lib.Inference;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CovidCtNet.Lib.Hosting;

/// <summary>
/// Prediction engines over a saved pipeline for many threads: what <c>PredictionEnginePool</c> is in <c>Microsoft.Extensions.ML</c>. The
/// model is loaded once for all engines.
/// </summary>
/// <typeparam name="TSource">Class of the rows that go in.</typeparam>
/// <typeparam name="TPrediction">Class of the rows that come out.</typeparam>
public sealed partial class CovidCtPredictionEnginePool<TSource, TPrediction> : IDisposable
    where TSource : class
    where TPrediction : class, new()
{
    private readonly ReloadingFile<EnginePipeline<TSource, TPrediction>> _file;
    private readonly ILogger _logger;
    private volatile string? _failure;

    /// <summary>Loads the pipeline.</summary>
    /// <param name="options">Which pipeline.</param>
    /// <param name="logger">Told of reloading and of failures.</param>
    /// <exception cref="OptionsValidationException">The options do not hold.</exception>
    /// <exception cref="Transforms.CovidCtPipelineException">The file is no saved pipeline, or was changed since it was saved.</exception>
    /// <exception cref="CovidCtModelException">A model in the file, the runtime or the provider is not usable.</exception>
    public CovidCtPredictionEnginePool(
        IOptionsMonitor<CovidCtPredictionEnginePoolOptions> options, ILogger<CovidCtPredictionEnginePool<TSource, TPrediction>> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        _logger = logger;
        var o = options.Get(OptionsName);
        _file = new ReloadingFile<EnginePipeline<TSource, TPrediction>>(
            o.PipelinePath,
            o.ReloadOnChange ? o.ReloadInterval : null,
            () => new EnginePipeline<TSource, TPrediction>(o),
            static pipeline => pipeline.Dispose(),
            _ => OnReplaced(o.PipelinePath),
            OnFailed);
    }

    /// <summary>Why the changed file could not be used, so that an older pipeline is at work; null if all is well.</summary>
    public string? ReloadFailure => _failure;

    internal static string OptionsName => $"{typeof(TSource).FullName} {typeof(TPrediction).FullName}";

    /// <summary>Predicts one row. May be called from any number of threads.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="ObjectDisposedException">The application is shutting down.</exception>
    public TPrediction Predict(TSource row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var resource = _file.Enter();
        try
        {
            var engine = resource.Value.Rent();
            try
            {
                return engine.Predict(row);
            }
            finally
            {
                resource.Value.Return(engine);
            }
        }
        finally
        {
            resource.Leave();
        }
    }

    /// <summary>Releases engines and models, once predictions under way have ended.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Looks at the file now.</summary>
    internal void CheckForChange() => _file.CheckForChange();

    private void OnReplaced(string path)
    {
        _failure = null;
        LogReplaced(_logger, path);
    }

    private void OnFailed(Exception e)
    {
        if (_failure != e.Message)
        {
            _failure = e.Message;
            LogFailed(_logger, e.Message, e);
        }
    }

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "The pipeline file {Path} changed and is in use now.")]
    private static partial void LogReplaced(ILogger logger, string path);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "The changed pipeline file cannot be used, and the pipeline before it goes on: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason, Exception exception);
}
