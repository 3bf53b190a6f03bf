using System.Globalization;
using System.Text.Json;
using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>
/// Runs a sweep into a folder: one run folder each, <c>sweep.csv</c> with a line for each finished run, <c>sweep.md</c> with mean ±
/// standard deviation over the seeds. A sweep that was stopped goes on where it was.
/// </summary>
public static class Sweep
{
    private const string ResultFile = "result.json";

    /// <summary>Runs what is not finished yet and gives all runs, in the order of the sweep.</summary>
    /// <param name="options">The sweep.</param>
    /// <param name="manifest">The slices; those with unreadable files are an error.</param>
    /// <param name="folder">Folder of the sweep.</param>
    /// <param name="progress">Reported after every step of every run.</param>
    /// <param name="cancellationToken">Stops after the current step, which is saved.</param>
    /// <exception cref="TrainingException">The folder holds another sweep, or there is nothing to run.</exception>
    /// <exception cref="DatasetException">Slices cannot be read or split.</exception>
    /// <exception cref="LeakingSplitException">A split by groups leaks, and <see cref="SweepOptions.AllowLeaking"/> is false.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<SweepRun> Run(SweepOptions options, SliceManifest manifest, string folder, IProgress<SweepProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options.Validate();
        var dataset = SliceDataset.Load(manifest, options.Base.Preprocessing, cancellationToken: cancellationToken);
        var audited = new Dictionary<string, DataSplit>(StringComparer.Ordinal);
        var plan = (from seed in options.Seeds
                    from kind in options.Splits
                    let split = SplitOf(options, kind, dataset.Slices, seed, audited, cancellationToken)
                    from row in options.Rows
                    select (Options: row with { Seed = seed }, Kind: kind, Split: split)).ToArray();

        // All folders before anything is written: a refused sweep leaves the records of the one that is there.
        foreach (var (row, kind, split) in plan)
        {
            RequireFolder(row, split, dataset.Slices, Path.Combine(folder, NameOf(row, kind)));
        }

        Directory.CreateDirectory(folder);
        AtomicText.Write(Path.Combine(folder, "sweep.json"), options.ToJson());
        var finished = new List<SweepRun>();
        foreach (var (row, kind, split) in plan)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = NameOf(row, kind);
            progress?.Report(new SweepProgress(finished.Count, plan.Length, name, null));
            var runProgress = progress is null ? null : new RunProgress(progress, finished.Count, plan.Length, name);
            finished.Add(RunOne(row, kind, split, dataset, Path.Combine(folder, name), runProgress, cancellationToken));
            SweepTable.Save(folder, options, finished, plan.Length);
        }

        return finished;
    }

    private static string NameOf(TrainingOptions row, SweepSplit kind) =>
        $"{SweepVariant.NameOf(row)}_{kind.ToString().ToLowerInvariant()}_{row.Seed.ToString(CultureInfo.InvariantCulture)}";

    // A finished run has no checkpoint any more: its options and split say what its row is of.
    private static void RequireFolder(TrainingOptions options, DataSplit split, IReadOnlyList<SliceRecord> slices, string folder)
    {
        if (!File.Exists(Path.Combine(folder, ResultFile)))
        {
            new Trainer(options).RequireFolder(split, slices, folder);
            return;
        }

        if (TrainingOptions.FromJson(File.ReadAllText(Path.Combine(folder, "options.json"))) != options)
        {
            throw new TrainingException($"The folder '{folder}' holds a run with other options: give the sweep another folder.");
        }

        var ran = Path.Combine(folder, StartingRun.SplitFile);
        if (!File.Exists(ran) || File.ReadAllText(ran) != split.ToCsv(slices))
        {
            throw new TrainingException($"The folder '{folder}' holds a run with other data or another split: give the sweep another folder.");
        }
    }

    // A split by slices leaks by design and is labelled so; one by groups is audited once.
    private static DataSplit SplitOf(
        SweepOptions options, SweepSplit kind, IReadOnlyList<SliceRecord> slices, int seed, Dictionary<string, DataSplit> audited, CancellationToken cancellationToken)
    {
        if (kind == SweepSplit.Slices)
        {
            return DataSplit.RandomSlices(slices, 0.15, 0.2, seed);
        }

        var folds = DataSplit.HasFolds(slices);
        if (!folds && (options.TestFold, options.ValidationFold) != (0, 1))
        {
            throw new DatasetException($"The sweep names test fold {options.TestFold} and validation fold {options.ValidationFold}, but the manifest has no folds: add a column 'fold', or leave them out for random groups.");
        }

        var split = folds ? DataSplit.ByFold(slices, options.TestFold, options.ValidationFold) : DataSplit.HoldOut(slices, 0.2, 0.2, seed);
        if (!audited.TryGetValue(split.Description, out var known))
        {
            var clean = LeakageAudit.Run(slices, split, cancellationToken: cancellationToken).RequireClean(split, options.AllowLeaking);
            known = StartingRun.RequireUnseen(options.Base, clean, slices, options.AllowLeaking);
            audited[split.Description] = known;
        }

        return known;
    }

    private static SweepRun RunOne(
        TrainingOptions options, SweepSplit kind, DataSplit split, SliceDataset dataset, string folder, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var result = Path.Combine(folder, ResultFile);
        if (File.Exists(result))
        {
            // Results of earlier versions do not say whether their split leaks.
            return JsonSerializer.Deserialize<SweepRun>(File.ReadAllText(result), RunJson.Options)! with { IsLeaking = split.IsLeaking };
        }

        var name = Path.GetFileName(folder);
        SweepRun run;
        try
        {
            using var model = new Trainer(options).Fit(dataset, split, folder, progress, cancellationToken);
            var assessment = ModelAssessment.Compute(model, dataset, split, cancellationToken);
            assessment.SaveScores(Path.Combine(folder, "scores.csv"));
            double Of(string figure) => assessment.Metrics.Single(m => m.Name == figure && m.Set.StartsWith("test", StringComparison.Ordinal)).Value;
            var test = assessment.Scores.Where(s => s.Side == "test").ToArray();
            var best = model.History[model.BestEpoch - 1];
            run = RunOf(best.Epoch, best.ValidationAuc, Of("AUC"), Of("accuracy"), test.Average(s => s.Logit > 0 == s.Positive ? 1.0 : 0), Of("sensitivity"), Of("specificity"), model.History[^1].ImagesPerSecond);
        }
        catch (TrainingException e) when (e.IsDivergence)
        {
            // A rate too high is a finding of the sweep, not its end.
            run = RunOf(0, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
        }

        AtomicText.Write(result, JsonSerializer.Serialize(run, RunJson.Options));
        Checkpoint.RemoveAll(folder);
        return run;

        SweepRun RunOf(int epoch, double validationAuc, double auc, double accuracy, double atHalf, double sensitivity, double specificity, double speed) => new(
            options.Network.Architecture, options.Optimizer.Kind.ToString(), options.Loss.Kind.ToString(), options.Optimizer.LearningRate, kind, options.Seed, epoch, validationAuc, auc, accuracy, atHalf, sensitivity, specificity, speed, name, split.IsLeaking);
    }
}
