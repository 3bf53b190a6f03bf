using System.CommandLine;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Samples.Evaluate.Figures;
using CovidCtNet.Samples.Evaluate.Output;
using CovidCtNet.Samples.Evaluate.Report;
using CovidCtNet.Samples.Evaluate.Scores;
using Spectre.Console;

namespace CovidCtNet.Samples.Evaluate;

/// <summary>The command line: reads scores, evaluates them, writes the report and prints the main figures.</summary>
internal sealed class EvaluateCommand : RootCommand
{
    private readonly Argument<string?> _cases = new("cases") { Description = "Folder (class folders, manifest.csv or groups.csv) or list path,label[,group] to score with --model.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _model = new("--model") { Description = "ONNX file of the model; the default model if left out." };
    private readonly Option<AttentionMethod> _attention = new("--attention") { Description = "How model attention is shown beside mistakes.", DefaultValueFactory = _ => AttentionMethod.GradCamPlusPlus };
    private readonly Option<string?> _where = new("--where") { Description = "Only lines with this value in a column of the file, such as side=test or fold=3." };
    private readonly Option<string[]> _scores = new("--scores") { Description = "File label,score[,group][,path]; give it twice to compare two models.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _out = new("--out") { Description = "Folder for the report.", DefaultValueFactory = _ => "evaluation" };
    private readonly Option<double?> _threshold = new("--threshold") { Description = "Cases with at least this score are called positive [default: that of the model, else 0.5]." };
    private readonly Option<string?> _validation = new("--validation") { Description = "Scores of other cases, on which --rule and --calibrate are fitted and then frozen." };
    private readonly Option<string?> _validationWhere = new("--validation-where") { Description = "Only lines of the validation file with this value, such as side=validation." };
    private readonly Option<string?> _rule = new("--rule") { Description = "Threshold chosen on --validation: youden, sensitivity=0.95, specificity=0.95 or cost=5:1." };
    private readonly Option<CalibrationKind> _calibrate = new("--calibrate") { Description = "Calibration fitted on --validation: temperature, platt or isotonic." };
    private readonly Option<double[]> _prevalence = new("--prevalence") { Description = "Prevalence for predictive values; may be given several times." };
    private readonly Option<double> _level = new("--level") { Description = "Confidence level.", DefaultValueFactory = _ => 0.95 };
    private readonly Option<int> _replicates = new("--replicates") { Description = "Bootstrap replicates.", DefaultValueFactory = _ => 2000 };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of the bootstrap.", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _title = new("--title") { Description = "Title of the report." };

    public EvaluateCommand()
        : base("Evaluates a classifier of chest-CT slices from its scores: figures with intervals, plots and a report. Without cases and scores it shows generated ones. Research use, not a medical device.")
    {
        Arguments.Add(_cases);
        foreach (Option option in new Option[] { _model, _attention, _scores, _where, _out, _threshold, _validation, _validationWhere, _rule, _calibrate, _prevalence, _level, _replicates, _seed, _title })
        {
            Options.Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            await EvaluateAsync(arguments, cancellationToken);
            return 0;
        }
        catch (Exception failed) when (failed is ScoreFileException or CovidCtModelException or EvaluationDataException or FormatException or ArgumentException or IOException or UnauthorizedAccessException)
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

    private async Task EvaluateAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string[] files = arguments.GetValue(_scores) ?? [];
        if (arguments.GetValue(_cases) is { } cases)
        {
            await EvaluateModelAsync(cases, files, arguments, cancellationToken);
            return;
        }

        if (arguments.GetValue(_model) is not null)
        {
            throw new FormatException("--model needs cases to score: give a folder or a list path,label[,group] first.");
        }

        if (files.Length > 2)
        {
            throw new FormatException($"There are {files.Length} files of scores: give one, or two to compare.");
        }

        bool isDemo = files.Length == 0;
        (ScoreTable first, ScoreTable second) = isDemo ? DemoScores.Make(arguments.GetValue(_seed)) : default;
        ScoreTable[] tables = isDemo ? [first, second] : [.. files.Select(file => ScoreFile.Read(file, CsvFilter.Parse(arguments.GetValue(_where))))];
        if (isDemo)
        {
            AnsiConsole.MarkupLine("[yellow]No scores were given:[/] evaluating generated ones of two invented models on 48 invented scans.");
            AnsiConsole.MarkupLineInterpolated($"Your own: {"--scores scores.csv --out folder"}, with the columns {"label,score[,group][,path]"}.");
        }

        CasePicture? Draw(int i) => tables[0].Paths.Length > 0 ? SlicePictures.Plain(tables[0].Paths[i]) : null;
        Report(Prepare(arguments, tables, null), Draw, null, isDemo, arguments, cancellationToken);
    }

    private async Task EvaluateModelAsync(string source, string[] files, ParseResult arguments, CancellationToken cancellationToken)
    {
        if (files.Length > 0)
        {
            throw new FormatException("Cases to score and --scores were given: use one of them.");
        }

        using CovidCtModel model = arguments.GetValue(_model) is { } path ? CovidCtModel.Load(path) : CovidCtModel.LoadDefault();
        var cases = CaseList.Read(source, model.Contract.Classes, CsvFilter.Parse(arguments.GetValue(_where)));
        ScoreTable table = await AnsiConsole.Progress().HideCompleted(true).StartAsync(context =>
        {
            ProgressTask task = context.AddTask("scoring", maxValue: 1);
            return ModelScorer.ScoreAsync(model, cases, new TaskProgress(task), cancellationToken);
        });
        Report(Prepare(arguments, [table], model.Contract), i => SlicePictures.WithAttention(model, table.Paths[i], arguments.GetValue(_attention), cancellationToken), model.Contract, false, arguments, cancellationToken);
    }

    private void Report(
        (ScoreTable Table, EvaluateSettings Settings)[] tables,
        Func<int, CasePicture?> draw,
        ModelContract? contract,
        bool isDemo,
        ParseResult arguments,
        CancellationToken cancellationToken)
    {
        ReportContent content = AnsiConsole.Progress().HideCompleted(true).Start(context =>
        {
            ProgressTask task = context.AddTask("bootstrap", maxValue: 1);
            return ReportBuilder.Build(tables, draw, contract, isDemo, new TaskProgress(task), cancellationToken);
        });
        var folder = new OutputFolder(arguments.GetValue(_out)!);
        ReportBuilder.Write(content, folder);
        Print(content, folder);
    }

    private (ScoreTable Table, EvaluateSettings Settings)[] Prepare(ParseResult arguments, ScoreTable[] tables, ModelContract? contract)
    {
        var settings = new EvaluateSettings
        {
            Level = arguments.GetValue(_level),
            Replicates = arguments.GetValue(_replicates),
            Seed = arguments.GetValue(_seed),
            Threshold = contract?.Threshold ?? 0.5,
            ThresholdOrigin = contract is null ? "given beforehand" : "from the model's contract",
        };
        settings = arguments.GetValue(_prevalence) is { Length: > 0 } prevalences ? settings with { Prevalences = prevalences } : settings;
        settings = arguments.GetValue(_title) is { Length: > 0 } title ? settings with { Title = title } : settings;
        settings = arguments.GetValue(_threshold) is { } threshold ? settings with { Threshold = threshold, ThresholdOrigin = "given beforehand" } : settings;
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

        bool isSameFile = tables.Any(table => string.Equals(Path.GetFullPath(table.Source), Path.GetFullPath(validationFile), StringComparison.Ordinal));
        if (isSameFile && string.Equals(arguments.GetValue(_where), arguments.GetValue(_validationWhere), StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException("--validation names the very cases that are evaluated: choose others, in another file or with --where and --validation-where.");
        }

        ScoreTable validation = ScoreFile.Read(validationFile, CsvFilter.Parse(arguments.GetValue(_validationWhere)));
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
