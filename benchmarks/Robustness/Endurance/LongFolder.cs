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

    /// <summary>
    /// Scores the first slices alone, to compare with, and then all. The first three tenths of all are warm-up, as in the other long runs: from
    /// there on the peak of a tenth must stay what it is.
    /// </summary>
    /// <param name="few">How many the first are.</param>
    /// <param name="many">How many there are.</param>
    /// <param name="cancellationToken">Ends the work between files.</param>
    /// <returns>0 if all were scored and memory stayed.</returns>
    public async Task<int> RunAsync(int few, int many, CancellationToken cancellationToken)
    {
        Make(many, cancellationToken);
        var (scoredFirst, peaksFirst, _) = await ScoreAsync(few, cancellationToken);
        var (scored, peaks, seconds) = await ScoreAsync(many, cancellationToken);
        var growth = (peaks[9] / peaks[2]) - 1;
        var holds = scoredFirst == few && scored == many && growth < LargestGrowth;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(holds ? "ok    " : "FAILED")} {scored} slices: peak of each tenth {string.Join(' ', peaks.Select(p => p.ToString("0.0", CultureInfo.InvariantCulture)))} MiB ({growth:+0.0%;-0.0%} after three); {scoredFirst} slices alone {peaksFirst.Max():0.0} MiB; {scored / seconds:0} slices/s"));
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

    private async Task<(int Scored, double[] Peaks, double Seconds)> ScoreAsync(int count, CancellationToken cancellationToken)
    {
        GC.Collect();
        var clock = Stopwatch.StartNew();
        var (scored, done) = (0, 0);
        var peaks = new double[10];
        var names = Directory.EnumerateFiles(Path.Combine(_root, "slices"), "*", SearchOption.AllDirectories).Take(count);
        await using var rows = new StreamWriter(Path.Combine(_root, "rows.csv"));
        using var process = Process.GetCurrentProcess();
        await foreach (var result in model.PredictFilesAsync(names, null, cancellationToken))
        {
            scored += result.IsSuccess ? 1 : 0;
            await rows.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{result.Path},{result.Prediction?.Probability}"));
            if (done++ % Math.Max(1, count / 1000) == 0)
            {
                process.Refresh();
                ref var peak = ref peaks[(int)((done - 1L) * 10 / count)];
                peak = Math.Max(peak, process.WorkingSet64 / 1024.0 / 1024.0);
            }
        }

        return (scored, peaks, clock.Elapsed.TotalSeconds);
    }
}
