using System.Globalization;
using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Runs;
using Spectre.Console;

namespace CovidCtNet.Samples.Train;

/// <summary>One training run with its progress on the console.</summary>
internal sealed class TrainingSession(TrainingOptions options, ModelDescription description, string runFolder, string output, bool allowLeaking)
{
    /// <summary>Gives the model its threshold, calibration and figures. Default: by the validation and test sides of the split.</summary>
    public Func<TrainedModel, SliceDataset, DataSplit, ModelAssessment>? Assess { get; init; }

    public void Run(SliceManifest manifest, Func<IReadOnlyList<SliceRecord>, DataSplit> splitOf, bool skipUnreadable, CancellationToken cancellationToken)
    {
        Console.WriteLine("CovidCtNet training. Research use, not a medical device.");
        if (options.StartFrom is { } start && !Directory.Exists(start))
        {
            Console.WriteLine($"Starts from '{start}'. Figures on scans that it was trained on are too good: see its contract for its data.");
        }

        LeftOutFiles.Print(manifest);
        TrainedModel? trained = null;
        SliceDataset? dataset = null;
        DataSplit? split = null;
        LeakageReport? report = null;
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context =>
            {
                var decoding = context.AddTask("decode", maxValue: manifest.Slices.Count);
                dataset = SliceDataset.Load(manifest, options.Preprocessing, skipUnreadable, new SynchronousProgress<int>(done => decoding.Value = Math.Max(decoding.Value, done)), cancellationToken);
                decoding.Value = decoding.MaxValue;
                split = splitOf(dataset.Slices);

                // Before the report of the audit takes the place of that of another run.
                var trainer = new Trainer(options);
                trainer.RequireFolder(split, dataset.Slices, runFolder);
                var auditing = context.AddTask("audit", maxValue: 2.0 * dataset.Slices.Count);
                report = LeakageAudit.Run(dataset.Slices, split, progress: new SynchronousProgress<LeakageAuditProgress>(_ => auditing.Increment(1)), cancellationToken: cancellationToken);
                Directory.CreateDirectory(runFolder);
                report.SaveJson(Path.Combine(runFolder, "leakage.json"));
                split = StartingRun.RequireUnseen(options, report.RequireClean(split, allowLeaking), dataset.Slices, allowLeaking);
                var training = context.AddTask("train", maxValue: 1);
                trained = trainer.Fit(dataset, split, runFolder, new SynchronousProgress<TrainingProgress>(p => Show(training, p)), cancellationToken);
                training.Value = training.MaxValue;
            });
        foreach (var file in dataset!.Unreadable)
        {
            Console.Error.WriteLine($"skipped {file.Path}: {file.Reason}");
        }

        using (trained)
        {
            RevealingWarning.Print(report!);
            Export(trained!, dataset, split!, manifest, report!.Revealing, cancellationToken);
        }
    }

    private void Export(TrainedModel trained, SliceDataset dataset, DataSplit split, SliceManifest manifest, string? revealing, CancellationToken cancellationToken)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Epoch {trained.BestEpoch}, validation AUC {trained.History[trained.BestEpoch - 1].ValidationAuc:F4}. Split: {split.Description}."));
        var assessment = Assess?.Invoke(trained, dataset, split) ?? ModelAssessment.Compute(trained, dataset, split, cancellationToken);
        if (assessment.Scores.Count > 0)
        {
            assessment.SaveScores(Path.Combine(runFolder, "scores.csv"));
        }

        HistoryPlot.Save(runFolder, trained.History, trained.BestEpoch, split.IsLeaking);
        foreach (var m in assessment.Metrics)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {m.Set,-12} {m.Name,-12} {m.Value:F3}  ({m.Level:P0} CI {m.Lower:F3}-{m.Upper:F3}, {m.Method}; {m.Samples} slices, {m.Groups?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} groups)"));
        }

        var contract = assessment.ToContract(description, manifest.NegativeClass, manifest.PositiveClass);
        var predict = OnnxExporter.ToPredictGraph(trained.Network, revealing is null ? contract : contract with { Limits = [.. contract.Limits, $"In the training set the label can be told without looking at a lung, by {revealing}: the network may have learnt that in place of the disease."] });
        predict.Save(output);
        Console.WriteLine($"Wrote {output}");
        if (OnnxExporter.Describe(trained.Options.Network).Attention)
        {
            var explain = Path.ChangeExtension(output, ".explain.onnx");
            OnnxExporter.ToExplainGraph(predict).Save(explain);
            Console.WriteLine($"Wrote {explain}, with the attention masks as outputs");
        }
    }

    private static void Show(ProgressTask task, TrainingProgress p)
    {
        task.MaxValue = p.Steps;
        task.Value = p.Step;
        var last = p.Last is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", validation AUC {p.Last.ValidationAuc:F4} (best {p.BestValidationAuc:F4})");
        task.Description = string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {p.Epoch}/{p.Epochs}  loss {p.Loss:F3}{last}  {p.ImagesPerSecond:F1} images/s  {p.Remaining:hh\\:mm\\:ss} left");

        // Where there is no terminal a bar cannot move: one line per epoch instead.
        if (!AnsiConsole.Profile.Capabilities.Interactive && double.IsFinite(p.Loss) && p.Last is not null && p.Step == p.Steps / p.Epochs * p.Last.Epoch)
        {
            Console.WriteLine(task.Description);
        }
    }

    // Progress<T> posts to the thread pool, where reports may overtake each other.
    private sealed class SynchronousProgress<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
