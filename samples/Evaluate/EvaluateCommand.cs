using System.CommandLine;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate.Figures;
using CovidCtNet.Samples.Evaluate.Output;
using CovidCtNet.Samples.Evaluate.Report;
using CovidCtNet.Samples.Evaluate.Scores;
using Spectre.Console;

namespace CovidCtNet.Samples.Evaluate;

/// <summary>The command line: reads scores, evaluates them, writes the report and prints the main figures.</summary>
internal sealed class EvaluateCommand : RootCommand
{
    private readonly Option<string[]> _scores = new("--scores") { Description = "File label,score[,group][,path]; give it twice to compare two models.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _out = new("--out") { Description = "Folder for the report.", DefaultValueFactory = _ => "evaluation" };
    private readonly Option<double?> _threshold = new("--threshold") { Description = "Cases with at least this score are called positive [default: 0.5]." };
    private readonly Option<string?> _validation = new("--validation") { Description = "Scores of other cases, on which --rule and --calibrate are fitted and then frozen." };
    private readonly Option<string?> _rule = new("--rule") { Description = "Threshold chosen on --validation: youden, sensitivity=0.95, specificity=0.95 or cost=5:1." };
    private readonly Option<CalibrationKind> _calibrate = new("--calibrate") { Description = "Calibration fitted on --validation: temperature, platt or isotonic." };
    private readonly Option<double[]> _prevalence = new("--prevalence") { Description = "Prevalences for predictive values.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<double> _level = new("--level") { Description = "Confidence level.", DefaultValueFactory = _ => 0.95 };
    private readonly Option<int> _replicates = new("--replicates") { Description = "Bootstrap replicates.", DefaultValueFactory = _ => 2000 };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of the bootstrap.", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _title = new("--title") { Description = "Title of the report." };

    public EvaluateCommand()
        : base("Evaluates a classifier of chest-CT slices from its scores: figures with intervals, plots and a report. Without --scores it shows generated ones. Research use, not a medical device.")
    {
        foreach (Option option in new Option[] { _scores, _out, _threshold, _validation, _rule, _calibrate, _prevalence, _level, _replicates, _seed, _title })
        {
            Options.Add(option);
        }

        SetAction((arguments, cancellationToken) => Task.FromResult(Run(arguments, cancellationToken)));
    }

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            Evaluate(arguments, cancellationToken);
            return 0;
        }
        catch (Exception failed) when (failed is ScoreFileException or EvaluationDataException or FormatException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]Error:[/] {failed.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            AnsiConsole.MarkupLine("[yellow]Stopped.[/] No unfinished file was left.");
            return 130;
        }
    }

    private void Evaluate(ParseResult arguments, CancellationToken cancellationToken)
    {
        string[] files = arguments.GetValue(_scores) ?? [];
        if (files.Length > 2)
        {
            throw new FormatException($"There are {files.Length} files of scores: give one, or two to compare.");
        }

        bool isDemo = files.Length == 0;
        (ScoreTable first, ScoreTable second) = isDemo ? DemoScores.Make(arguments.GetValue(_seed)) : default;
        ScoreTable[] tables = isDemo ? [first, second] : [.. files.Select(ScoreFile.Read)];
        if (isDemo)
        {
            AnsiConsole.MarkupLine("[yellow]No scores were given:[/] evaluating generated ones of two invented models on 48 invented scans.");
            AnsiConsole.MarkupLineInterpolated($"Your own: {"--scores scores.csv --out folder"}, with the columns {"label,score[,group][,path]"}.");
        }

        (ScoreTable Table, EvaluateSettings Settings)[] prepared = Prepare(arguments, tables);
        ReportContent content = AnsiConsole.Progress().HideCompleted(true).Start(context =>
        {
            ProgressTask task = context.AddTask("bootstrap", maxValue: 1);
            return ReportBuilder.Build(prepared, _ => null, null, isDemo, new TaskProgress(task), cancellationToken);
        });
        var folder = new OutputFolder(arguments.GetValue(_out)!);
        ReportBuilder.Write(content, folder);
        Print(content, folder);
    }

    private (ScoreTable Table, EvaluateSettings Settings)[] Prepare(ParseResult arguments, ScoreTable[] tables)
    {
        var settings = new EvaluateSettings
        {
            Level = arguments.GetValue(_level),
            Replicates = arguments.GetValue(_replicates),
            Seed = arguments.GetValue(_seed),
        };
        settings = arguments.GetValue(_prevalence) is { Length: > 0 } prevalences ? settings with { Prevalences = prevalences } : settings;
        settings = arguments.GetValue(_title) is { Length: > 0 } title ? settings with { Title = title } : settings;
        settings = arguments.GetValue(_threshold) is { } threshold ? settings with { Threshold = threshold } : settings;
        CalibrationKind calibration = arguments.GetValue(_calibrate);
        string? rule = arguments.GetValue(_rule);
        if (arguments.GetValue(_validation) is not { } validationFile)
        {
            return rule is null && calibration == CalibrationKind.None
                ? [.. tables.Select(table => (table, settings))]
                : throw new FormatException("--rule and --calibrate need --validation: a threshold or calibration fitted on the evaluated cases themselves would flatter.");
        }

        if (tables.Length > 1)
        {
            throw new FormatException("--validation belongs to one model: use it with a single --scores.");
        }

        if (rule is not null && arguments.GetValue(_threshold) is not null)
        {
            throw new FormatException("--rule and --threshold both set the threshold: use one.");
        }

        ScoreTable validation = ScoreFile.Read(validationFile);
        return [Frozen.Fit(validation, tables[0], calibration, rule, settings)];
    }

    private static void Print(ReportContent content, OutputFolder folder)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("Figure", "Estimate and interval");
        foreach (FigureRow row in content.Main.Figures)
        {
            table.AddRow(Markup.Escape(row.Definition.Name), Markup.Escape(row.Value.ToString()));
        }

        AnsiConsole.Write(table);
        foreach (var note in content.Audit.Where(note => note.IsWarning))
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]Warning:[/] {note.Title}. {note.Text}");
        }

        AnsiConsole.MarkupLineInterpolated($"Report: {Path.Combine(folder.FullPath, "report.html")}");
    }

    private sealed class TaskProgress(ProgressTask task) : IProgress<double>
    {
        public void Report(double value) => task.Value = value;
    }
}
