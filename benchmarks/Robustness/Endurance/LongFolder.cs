using System.Diagnostics;
using System.Globalization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Robustness.Endurance;

/// <summary>Scores a folder of very many slices, names taken and rows written as they come, and says what memory it takes.</summary>
internal sealed class LongFolder(CovidCtModel model, TextWriter output) : IDisposable
{
    private const int FilesInFolder = 1000;
    private const int DistinctSlices = 16;
    private const double LargestGrowth = 0.05;
    private readonly string _root = Directory.CreateTempSubdirectory("covidctnet-long-folder-").FullName;

    /// <summary>Scores the first slices twice, to warm up and to compare with, and then all.</summary>
    /// <param name="few">How many the first are.</param>
    /// <param name="many">How many there are.</param>
    /// <param name="cancellationToken">Ends the work between files.</param>
    /// <returns>0 if all were scored and memory stayed.</returns>
    public async Task<int> RunAsync(int few, int many, CancellationToken cancellationToken)
    {
        Make(many, cancellationToken);
        await ScoreAsync(few, cancellationToken);
        var first = await ScoreAsync(few, cancellationToken);
        var all = await ScoreAsync(many, cancellationToken);
        var growth = (all.Peak / first.Peak) - 1;
        var holds = first.Scored == few && all.Scored == many && growth < LargestGrowth;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(holds ? "ok    " : "FAILED")} {all.Scored} slices: peak {all.Peak:0.0} MiB, of {first.Scored}: {first.Peak:0.0} MiB ({growth:+0.0%;-0.0%}), {all.Scored / all.Seconds:0} slices/s"));
        return holds ? 0 : 1;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>A few files and links to them, a thousand to a folder.</summary>
    private void Make(int count, CancellationToken cancellationToken)
    {
        var originals = Directory.CreateDirectory(Path.Combine(_root, "originals")).FullName;
        var slices = Directory.CreateDirectory(Path.Combine(_root, "slices")).FullName;
        for (var i = 0; i < DistinctSlices; i++)
        {
            using var stream = File.Create(Path.Combine(originals, $"{i}.png"));
            CtPhantom.Create(i, new CtPhantomOptions { Width = 160, Height = 160 }).Image.SavePng(stream);
        }

        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var folder = Path.Combine(slices, (i / FilesInFolder).ToString("D4", CultureInfo.InvariantCulture));
            if (i % FilesInFolder == 0)
            {
                Directory.CreateDirectory(folder);
            }

            File.CreateSymbolicLink(Path.Combine(folder, $"{i:D6}.png"), Path.Combine(originals, $"{i % DistinctSlices}.png"));
        }
    }

    private async Task<(int Scored, double Peak, double Seconds)> ScoreAsync(int count, CancellationToken cancellationToken)
    {
        GC.Collect();
        var clock = Stopwatch.StartNew();
        var (scored, peak) = (0, 0.0);
        var names = Directory.EnumerateFiles(Path.Combine(_root, "slices"), "*", SearchOption.AllDirectories).Take(count);
        await using var rows = new StreamWriter(Path.Combine(_root, "rows.csv"));
        using var process = Process.GetCurrentProcess();
        await foreach (var result in model.PredictFilesAsync(names, null, cancellationToken))
        {
            scored += result.IsSuccess ? 1 : 0;
            await rows.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{result.Path},{result.Prediction?.Probability}"));
            if (scored % 100 == 0)
            {
                process.Refresh();
                peak = Math.Max(peak, process.WorkingSet64 / 1024.0 / 1024.0);
            }
        }

        return (scored, peak, clock.Elapsed.TotalSeconds);
    }
}
