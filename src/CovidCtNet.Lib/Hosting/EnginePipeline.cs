using System.Collections.Concurrent;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Hosting;

/// <summary>One loaded pipeline with the engines over it. Engines are not thread-safe, the pipeline is.</summary>
internal sealed class EnginePipeline<TSource, TPrediction> : IDisposable
    where TSource : class
    where TPrediction : class, new()
{
    private readonly MLContext _context = new();
    private readonly TransformerChain<ITransformer> _pipeline;
    private readonly ConcurrentBag<PredictionEngine<TSource, TPrediction>> _idle = [];
    private readonly int _maximumIdle;

    public EnginePipeline(CovidCtPredictionEnginePoolOptions options)
    {
        _maximumIdle = options.MaximumIdle;
        _pipeline = _context.Model.LoadCovidCt(options.PipelinePath, out _, options.Model);
        try
        {
            // Made at once, so that row classes that do not fit are reported when the pipeline is loaded.
            Return(Create());
        }
        catch
        {
            _pipeline.Dispose();
            throw;
        }
    }

    public PredictionEngine<TSource, TPrediction> Rent() => _idle.TryTake(out var engine) ? engine : Create();

    public void Return(PredictionEngine<TSource, TPrediction> engine)
    {
        if (_idle.Count < _maximumIdle)
        {
            _idle.Add(engine);
        }
        else
        {
            engine.Dispose();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var engine))
        {
            engine.Dispose();
        }

        _pipeline.Dispose();
    }

    private PredictionEngine<TSource, TPrediction> Create()
        => _context.Model.CreatePredictionEngine<TSource, TPrediction>(_pipeline, new PredictionEngineOptions { OwnsTransformer = false });
}
