using System.Globalization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using Spectre.Console;

namespace CovidCtNet.Samples.Classify;

/// <summary>What is shown: on a terminal a progress bar and a table, in a file or pipe one plain line for each slice.</summary>
internal sealed class ResultConsole(IAnsiConsole console, TextWriter errors)
{
    private const int MaximumWarnings = 20;
    private readonly List<string> _warnings = [];
    private int _moreWarnings;

    public bool IsTerminal => console.Profile.Out.IsTerminal;

    public void Banner(CovidCtModel model, int files, bool synthetic)
    {
        Line("CovidCtNet Classify. Research use, not a medical device.");
        Line($"Model {model.Contract.Name} {model.Contract.Version} on {model.Provider}, threshold {Number(model.Contract.Threshold)}, weights {model.Contract.WeightsLicense}.");
        if (model.Contract.Training is { LeakingSplit: true })
        {
            Line("Its published figures come from a leaking split and are too good.");
        }

        Line(synthetic
            ? $"No paths were given: {files} synthetic slices (phantoms) show that it works. Their numbers say nothing about patients."
            : $"{files} {(files == 1 ? "file" : "files")}.");
    }

    /// <summary>Runs the work under a progress bar, or plainly where there is no terminal.</summary>
    public async Task WithProgressAsync(int total, Func<IProgress<CtFileProgress>, Task> work)
    {
        if (!IsTerminal)
        {
            await work(new Reporter(static _ => { }));
            return;
        }

        await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("Classifying", maxValue: Math.Max(1, total));
                await work(new Reporter(p => bar.Value = p.Completed));
            });
    }

    /// <summary>One line for one slice, as soon as it is known; terminals get a table in the end.</summary>
    public void Result(string path, CtPrediction prediction)
    {
        if (!IsTerminal)
        {
            Line($"{path}\t{Number(prediction.Probability)}\t{prediction.Label}");
        }
    }

    /// <summary>What tuning found.</summary>
    public void Tuned(IReadOnlyList<CtTuningResult> results)
    {
        foreach (var result in results.Take(5))
        {
            Line(string.Create(
                CultureInfo.InvariantCulture, $"--threads {result.Options.IntraOpThreads} --batch {result.Options.BatchSize}: {result.SlicesPerSecond:F1} slices/s"));
        }
    }

    public void Table(Tally results)
    {
        var shown = results.Shown;
        if (!IsTerminal || shown.Count == 0)
        {
            return;
        }

        var root = CommonFolder(shown);
        if (root.Length > 0)
        {
            Line($"In {root}");
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumn("Slice").AddColumn(new TableColumn("Probability").RightAligned()).AddColumn("Label");
        foreach (var result in shown)
        {
            var prediction = result.Prediction!;
            var style = prediction.Label.IsPositive ? new Style(Color.Yellow) : Style.Plain;
            table.AddRow(new Text(result.Path[root.Length..]), new Text(Number(prediction.Probability), style), new Text(prediction.Label.Name, style));
        }

        console.Write(table);
        if (results.Classified > shown.Count)
        {
            Line($"... and {results.Classified - shown.Count} more. --out writes them all.");
        }
    }

    public void Summary(Tally results, int unreadable, string? outputPath)
    {
        var labels = string.Join(", ", results.Labels.Select(l => $"{l.Count} {l.Label}"));
        Line($"{results.Classified} classified{(labels.Length > 0 ? $" ({labels})" : "")}, {unreadable} unreadable.");
        if (outputPath is not null)
        {
            Line($"Results: {outputPath}");
        }
    }

    /// <summary>Keeps what the input gate has against a slice that was judged all the same; the first twenty are named in the end.</summary>
    public void Doubt(CtFileResult result)
    {
        if (result is not { IsSuccess: true, Gate: { Verdict: not CtGateVerdict.Accepted } gate })
        {
            return;
        }

        if (_warnings.Count == MaximumWarnings)
        {
            _moreWarnings++;
            return;
        }

        var verdict = gate.Verdict == CtGateVerdict.Refused ? "looks like no axial chest CT in a lung window" : "is unusual";
        _warnings.Add($"Warning: {result.Path} {verdict}: {string.Join(' ', gate.Reasons.Select(r => r.Message))}");
    }

    /// <summary>The doubts, on the error stream, when no progress bar is in the way.</summary>
    public void Warnings()
    {
        foreach (var warning in _warnings)
        {
            errors.WriteLine(warning);
        }

        if (_moreWarnings > 0)
        {
            errors.WriteLine($"Warning: and {_moreWarnings} slices more.");
        }
    }

    /// <summary>An unreadable file, by name and reason, on the error stream.</summary>
    public void Unreadable(string path, string reason)
        => errors.WriteLine(reason.Contains(path, StringComparison.Ordinal) ? $"Unreadable: {reason}" : $"Unreadable: {path}: {reason}");

    /// <summary>Why nothing was done.</summary>
    public void Failure(string message) => errors.WriteLine(message);

    /// <summary>The folder that all paths begin with, its separator included; what is left of them fits a table.</summary>
    private static string CommonFolder(IReadOnlyList<CtFileResult> results)
    {
        var prefix = results[0].Path.AsSpan();
        foreach (var result in results)
        {
            prefix = prefix[..prefix.CommonPrefixLength(result.Path)];
        }

        return prefix[..(prefix.LastIndexOfAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar) + 1)].ToString();
    }

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>Past the console's word wrap: a line in a file stays one line.</summary>
    private void Line(string text)
    {
        console.Profile.Out.Writer.WriteLine(text);
        console.Profile.Out.Writer.Flush();
    }

    /// <summary>Reports on the spot: <see cref="Progress{T}"/> would report from other threads, out of order.</summary>
    private sealed class Reporter(Action<CtFileProgress> report) : IProgress<CtFileProgress>
    {
        public void Report(CtFileProgress value) => report(value);
    }
}
