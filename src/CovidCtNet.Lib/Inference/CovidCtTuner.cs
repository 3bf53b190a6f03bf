using System.Diagnostics;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <summary>Finds the threads and the batch size that a model is fastest with on this machine, by trying them.</summary>
public static class CovidCtTuner
{
    private static readonly int[] BatchSizes = [1, 2, 4, 8, 16, 32];

    /// <summary>
    /// Tries each setting in turns on synthetic slices; the best round of each counts, since whatever else the machine does can only make a
    /// round slower. Every model is loaded once for each setting.
    /// </summary>
    /// <param name="load">Loads the model with options, such as <see cref="CovidCtModel.LoadDefault"/>.</param>
    /// <param name="options">What the settings are tried on top of; <see cref="CovidCtModelOptions.Default"/> if null.</param>
    /// <param name="rounds">How often each is tried, at least 1.</param>
    /// <param name="progress">The share done, in [0, 1].</param>
    /// <param name="cancellationToken">Ends the work between two runs.</param>
    /// <returns>All settings, the fastest first.</returns>
    /// <exception cref="CovidCtModelException">The model does not load.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static IReadOnlyList<CtTuningResult> Tune(
        Func<CovidCtModelOptions, CovidCtModel> load, CovidCtModelOptions? options = null, int rounds = 5,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(load);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        options ??= CovidCtModelOptions.Default;
        var slices = Enumerable.Range(0, BatchSizes[^1]).Select(i => CtPhantom.Create(i).Image).ToArray();
        CovidCtModelOptions[] settings =
        [
            .. ThreadCounts(options.Provider).SelectMany(threads => BatchSizes.Select(batch => options with { IntraOpThreads = threads, BatchSize = batch })),
        ];
        List<CtTuningResult> results = [];
        foreach (var group in settings.GroupBy(s => s.IntraOpThreads))
        {
            // Models of one thread count at a time: the idle threads of too many sessions would get in each other's way.
            var models = group.Select(load).ToArray();
            try
            {
                var best = new double[models.Length];
                Array.Fill(best, double.PositiveInfinity);
                for (var round = -1; round < rounds; round++)
                {
                    for (var m = 0; m < models.Length; m++)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        var begun = Stopwatch.GetTimestamp();
                        models[m].Predict(slices, cancellationToken);
                        // The first round warms up.
                        best[m] = round < 0 ? best[m] : Math.Min(best[m], Stopwatch.GetElapsedTime(begun).TotalSeconds);
                    }
                }

                results.AddRange(models.Select((model, m) => new CtTuningResult(model.Options, slices.Length / best[m])));
                progress?.Report((double)results.Count / settings.Length);
            }
            finally
            {
                foreach (var model in models)
                {
                    model.Dispose();
                }
            }
        }

        return [.. results.OrderByDescending(r => r.SlicesPerSecond)];
    }

    /// <summary>Halves from all processors down to one; a GPU does not care.</summary>
    private static List<int> ThreadCounts(CtExecutionProvider provider)
    {
        List<int> counts = [0];
        for (var threads = Environment.ProcessorCount; provider == CtExecutionProvider.Cpu && threads >= 1; threads /= 2)
        {
            counts.Add(threads);
        }

        return counts;
    }
}
