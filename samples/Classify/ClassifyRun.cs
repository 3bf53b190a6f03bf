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

            using var model = request.ModelPath is null
                ? CovidCtModel.LoadDefault(request.Options)
                : CovidCtModel.Load(request.ModelPath, request.Options);
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

    private async Task<int> ClassifyAsync(
        CovidCtModel model, IReadOnlyList<FoundFile> found, CsvReport? report, string? outputPath, CancellationToken cancellationToken)
    {
        var files = found.Where(f => f.Error is null).Select(f => f.Path).ToList();
        var results = new List<CtFileResult>(files.Count);
        await _console.WithProgressAsync(files.Count, async progress =>
        {
            await foreach (var result in model.PredictFilesAsync(files, progress, cancellationToken))
            {
                results.Add(result);
                if (result.IsSuccess)
                {
                    report?.Add(result.Path, result.Prediction);
                    _console.Result(result.Path, result.Prediction);
                }
            }
        });

        report?.Complete();
        _console.Table(results);
        _console.Warnings(results);
        foreach (var folder in found.Where(f => f.Error is not null))
        {
            _console.Unreadable(folder.Path, folder.Error!);
        }

        foreach (var result in results.Where(r => !r.IsSuccess))
        {
            _console.Unreadable(result.Path, result.Error!.Message);
        }

        var unreadable = found.Count - results.Count(r => r.IsSuccess);
        _console.Summary(results, unreadable, outputPath);
        return unreadable == 0 ? ExitCode.Success : ExitCode.Unreadable;
    }
}
