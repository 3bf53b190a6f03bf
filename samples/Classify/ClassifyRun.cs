using CovidCtNet.Lib.Inference;
using Spectre.Console;

namespace CovidCtNet.Samples.Classify;

/// <summary>One run of the command: find, load, classify, report.</summary>
internal sealed class ClassifyRun(IAnsiConsole console, TextWriter errors)
{
    private readonly ResultConsole _console = new(console, errors);

    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(ClassifyRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var phantoms = request.Paths.Count == 0 ? new PhantomFolder() : null;
            var found = SliceFinder.Find(phantoms is null ? request.Paths : [phantoms.Path], request.OutputPath, cancellationToken);
            if (found.Count == 0)
            {
                _console.Failure("There are no files below the paths that were given.");
                return ExitCode.Usage;
            }

            var options = request.Tune ? Tune(request, cancellationToken) : request.Options;
            using var model = Load(request, options);
            using var report = request.OutputPath is null ? null : new CsvReport(request.OutputPath);
            _console.Banner(model, found.Count, phantoms is not null);
            return await ClassifyAsync(model, found, report, request.OutputPath, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _console.Failure("Stopped. No results were written.");
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (e is CovidCtModelException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            _console.Failure(e.Message);
            return ExitCode.Usage;
        }
    }

    private static CovidCtModel Load(ClassifyRequest request, CovidCtModelOptions options)
        => request.ModelPath is null ? CovidCtModel.LoadDefault(options) : CovidCtModel.Load(request.ModelPath, options);

    private CovidCtModelOptions Tune(ClassifyRequest request, CancellationToken cancellationToken)
    {
        var results = CovidCtTuner.Tune(options => Load(request, options), request.Options, cancellationToken: cancellationToken);
        _console.Tuned(results);
        return results[0].Options;
    }

    private async Task<int> ClassifyAsync(
        CovidCtModel model, IReadOnlyList<FoundFile> found, CsvReport? report, string? outputPath, CancellationToken cancellationToken)
    {
        var files = found.Where(f => f.Error is null).Select(f => f.Path).ToList();
        var tally = new Tally();
        await _console.WithProgressAsync(files.Count, async progress =>
        {
            await foreach (var result in model.PredictFilesAsync(files, progress, cancellationToken))
            {
                tally.Add(result);
                _console.Doubt(result);
                if (result.IsSuccess)
                {
                    report?.Add(result.Path, result.Prediction);
                    _console.Result(result.Path, result.Prediction);
                }
            }
        });

        report?.Complete();
        _console.Table(tally);
        _console.Warnings();
        foreach (var folder in found.Where(f => f.Error is not null))
        {
            _console.Unreadable(folder.Path, folder.Error!);
        }

        foreach (var result in tally.Failed)
        {
            _console.Unreadable(result.Path, result.Error!.Message);
        }

        var unreadable = found.Count - tally.Classified;
        _console.Summary(tally, unreadable, outputPath);
        return unreadable == 0 ? ExitCode.Success : ExitCode.Unreadable;
    }
}
