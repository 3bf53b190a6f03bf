using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Optimisation;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Studies;
using CovidCtNet.Lib.Training.Tests.Data;

namespace CovidCtNet.Lib.Training.Tests.Studies;

public sealed class StudyTests : IDisposable
{
    private static readonly TrainingOptions Small = new()
    {
        Network = new NetworkOptions { Width = 0.0625, InputHeight = 48, InputWidth = 48, Family = NetworkFamily.SmallConvolutional },
        Preprocessing = new CtPreprocessing { Width = 48, Height = 48, Mean = 0.5f, StandardDeviation = 0.25f },
        Optimizer = new OptimizerOptions { Kind = OptimizerKind.Adam, LearningRate = 3e-3, Schedule = ScheduleKind.Constant, WarmUp = 0 },
        Epochs = 2,
        BatchSize = 8,
        AverageDecay = 0,
        GradientClip = 0,
        Threads = 1,
    };

    private static readonly SweepOptions Plan = new()
    {
        Base = Small,
        Optimizers = [OptimizerKind.Adam, OptimizerKind.Sgd],
        LearningRates = [3e-3],
        Variants = [new SweepVariant { Loss = LossKind.CrossEntropy }, new SweepVariant { Optimizer = OptimizerKind.Sgd, LearningRate = 1e30 }],
        Seeds = [1, 2],
        Splits = [SweepSplit.Groups, SweepSplit.Slices],

        // Squares on noise are too alike for the audit.
        AllowLeaking = true,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sweep_runs_every_row_split_and_seed_once_and_resumes_to_the_same_table()
    {
        var manifest = SliceManifest.Load(SyntheticSlices.Write(_folder, 20));
        var runs = Sweep.Run(Plan, manifest, _folder.File("whole"));

        Assert.Equal(4 * 2 * 2, runs.Count);
        Assert.Equal(runs.Count, runs.Select(r => r.Folder).Distinct().Count());
        Assert.All(runs.Where(r => r.LearningRate < 1), r => Assert.InRange(r.Auc, 0, 1));
        Assert.All(runs.Where(r => r.LearningRate > 1), r => Assert.Equal((0, double.NaN), (r.BestEpoch, r.Auc)));
        Assert.All(runs, r => Assert.True(File.Exists(Path.Combine(_folder.File("whole"), r.Folder, "options.json"))));

        // Stopped in the sixth run, then started again: the finished runs stay, the table is the same.
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Sweep.Run(Plan, manifest, _folder.File("stopped"), new CancelIn(5, stop), stop.Token));
        var kept = Directory.GetFiles(_folder.File("stopped"), "result.json", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.Equal(5, kept.Count);
        var resumed = Sweep.Run(Plan, manifest, _folder.File("stopped"));

        Assert.Equal(runs.Select(r => r with { ImagesPerSecond = 0 }), resumed.Select(r => r with { ImagesPerSecond = 0 }));
        Assert.All(kept, f => Assert.Equal(f.Value, File.GetLastWriteTimeUtc(f.Key)));
        var table = File.ReadAllText(_folder.File("whole", "sweep.md"));
        Assert.Equal(table, File.ReadAllText(_folder.File("stopped", "sweep.md")));
        Assert.Contains("leaking split", table, StringComparison.Ordinal);
        Assert.All(runs, r => Assert.Equal(r.Split == SweepSplit.Slices, r.IsLeaking));
        Assert.Contains("0, 2 diverged", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_gives_mean_and_sample_standard_deviation()
    {
        SweepRun Of(int seed, double auc) => new("net", "Adam", "Bce", 0.001, SweepSplit.Groups, seed, 3, 0.9, auc, 0.5, 0.5, 0.5, 0.5, 10, "f" + seed);
        Directory.CreateDirectory(_folder.File("table"));
        var plan = Plan with { Splits = [SweepSplit.Groups] };
        SweepTable.Save(_folder.File("table"), plan, [Of(1, 0.8), Of(2, 0.9), Of(3, 0.7)], 3);

        // Mean 0.8; squared deviations 0, 0.01, 0.01 over n - 1 = 2: 0.1.
        Assert.Contains("| 3 | 0.800 ± 0.100 | 0.500 ± 0.000 |", File.ReadAllText(_folder.File("table", "sweep.md")), StringComparison.Ordinal);
        Assert.DoesNotContain("leaking", File.ReadAllText(_folder.File("table", "sweep.md")) + File.ReadAllText(_folder.File("table", "sweep.csv")), StringComparison.Ordinal);

        // Groups that the audit found leaking: one run is enough to label the means that it is in.
        SweepTable.Save(_folder.File("table"), plan, [Of(1, 0.8), Of(2, 0.9) with { IsLeaking = true }], 2);
        Assert.Contains("### Split: whole groups (leaking split)", File.ReadAllText(_folder.File("table", "sweep.md")), StringComparison.Ordinal);
        Assert.Contains(",whole groups (leaking split),2,", File.ReadAllText(_folder.File("table", "sweep.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void Sweep_survives_json_and_bad_ones_are_named()
    {
        var read = SweepOptions.FromJson(Plan.ToJson());

        Assert.Equal(Plan.ToJson(), read.ToJson());
        Assert.Equal(Plan.Rows, read.Rows);
        Assert.Throws<TrainingException>(() => SweepOptions.FromJson("{}"));
        Assert.Throws<TrainingException>(() => SweepOptions.FromJson("{ \"base\": {}, \"seed\": [1] }"));
        Assert.Throws<TrainingException>(() => Sweep.Run(Plan with { Seeds = [] }, SliceManifest.Load(SyntheticSlices.Write(_folder, 10)), _folder.File("none")));
    }

    [Fact]
    public void Leaking_groups_are_refused_unless_allowed_by_name()
    {
        var slices = SyntheticSlices.Write(_folder, 20);
        var copied = Directory.GetFiles(Path.Combine(Path.GetDirectoryName(slices)!, "COVID")).Order(StringComparer.Ordinal).ToArray();
        File.Copy(copied[0], copied[^1], overwrite: true);
        var manifest = SliceManifest.Load(slices);
        var dataset = SliceDataset.Load(manifest, Small.Preprocessing);

        Assert.Throws<LeakingSplitException>(() => Sweep.Run(Plan with { AllowLeaking = false }, manifest, _folder.File("refused")));
        Assert.Throws<LeakingSplitException>(() => CrossValidation.Run(Small, dataset, [DataSplit.ByFold(dataset.Slices, 0, 1)], _folder.File("refused")));

        // Allowed, its rows are labelled, also those of a run that was finished before results said so.
        var one = Plan with { Variants = [], Optimizers = [OptimizerKind.Adam], Seeds = [1], Splits = [SweepSplit.Groups] };
        Assert.True(Assert.Single(Sweep.Run(one, manifest, _folder.File("allowed"))).IsLeaking);
        var result = Directory.GetFiles(_folder.File("allowed"), "result.json", SearchOption.AllDirectories).Single();
        File.WriteAllText(result, File.ReadAllText(result).Replace(",\n  \"isLeaking\": true", string.Empty, StringComparison.Ordinal));
        Assert.DoesNotContain("isLeaking", File.ReadAllText(result), StringComparison.Ordinal);
        Assert.True(Assert.Single(Sweep.Run(one, manifest, _folder.File("allowed"))).IsLeaking);
        Assert.Contains("whole groups (leaking split)", File.ReadAllText(_folder.File("allowed", "sweep.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_of_another_sweep_is_refused()
    {
        var manifest = SliceManifest.Load(SyntheticSlices.Write(_folder, 20));
        var one = Plan with { Variants = [], Optimizers = [OptimizerKind.Adam], Seeds = [1], Splits = [SweepSplit.Groups] };
        Sweep.Run(one, manifest, _folder.File("sweep"));

        var before = Records(_folder.File("sweep"));
        Assert.Throws<TrainingException>(() => Sweep.Run(one with { Base = Small with { Epochs = 1 } }, manifest, _folder.File("sweep")));

        // The rows of other folds are not those of this sweep, though their options are.
        var folds = Assert.Throws<TrainingException>(() => Sweep.Run(one with { TestFold = 2, ValidationFold = 3 }, manifest, _folder.File("sweep")));
        Assert.Contains("another split", folds.Message, StringComparison.Ordinal);
        Assert.Equal(before, Records(_folder.File("sweep")));
    }

    [Fact]
    public void Cross_validation_scores_every_slice_once_by_a_model_that_had_not_seen_it()
    {
        var dataset = SliceDataset.Load(SliceManifest.Load(SyntheticSlices.Write(_folder, 20)), Small.Preprocessing);
        DataSplit[] splits = [.. Enumerable.Range(0, 5).Select(f => DataSplit.ByFold(dataset.Slices, f, (f + 1) % 5))];

        var result = CrossValidation.Run(Small with { Epochs = 4 }, dataset, splits, _folder.File("cv"), allowLeaking: true);

        Assert.Equal(dataset.Slices.Select(s => s.Path).Order(), result.Scores.Select(s => s.Path).Order());
        foreach (var (fold, split) in splits.Index())
        {
            var trained = File.ReadAllLines(_folder.File("cv", $"fold-{fold}", "split.csv")).Where(l => l.EndsWith(",train", StringComparison.Ordinal)).ToArray();
            Assert.Equal(split.Train.Count, trained.Length);
            Assert.DoesNotContain(split.Test, i => trained.Any(l => l.Contains(dataset.Slices[i].Path, StringComparison.Ordinal)));
        }

        var auc = result.Metrics.Single(m => m.Name == "AUC");
        Assert.Equal((80, 20), (auc.Samples, auc.Groups));
        Assert.True(auc.Value > 0.9, $"a bright square is easy to tell; out-of-fold AUC {auc.Value}");
        Assert.Equal(5, result.Folds.Count);
        Assert.Equal(81, File.ReadAllLines(_folder.File("cv", "out-of-fold.csv")).Length);
        Assert.Throws<ArgumentException>(() => CrossValidation.Run(Small, dataset, [splits[0], splits[0]], _folder.File("twice"), allowLeaking: true));
    }

    [Fact]
    public void Without_validation_slices_each_fold_is_calibrated_by_the_others_and_folds_may_be_trained_apart()
    {
        var dataset = SliceDataset.Load(SliceManifest.Load(SyntheticSlices.Write(_folder, 20)), Small.Preprocessing);
        DataSplit[] splits = [.. Enumerable.Range(0, 5).Select(f => DataSplit.ByFold(dataset.Slices, f, null))];
        var options = Small with { SelectBy = ValidationMetric.LastEpoch };
        Assert.All(splits, s => Assert.Equal((64, 0, 16), (s.Train.Count, s.Validation.Count, s.Test.Count)));

        CrossValidation.TrainFold(options, dataset, splits, 3, _folder.File("apart"), allowLeaking: true);
        var trained = File.GetLastWriteTimeUtc(Directory.GetFiles(_folder.File("apart", "fold-3"), "best.weights", SearchOption.AllDirectories).Single());
        var result = CrossValidation.Run(options, dataset, splits, _folder.File("apart"), allowLeaking: true);

        Assert.Equal(trained, File.GetLastWriteTimeUtc(Directory.GetFiles(_folder.File("apart", "fold-3"), "best.weights", SearchOption.AllDirectories).Single()));
        Assert.Equal(dataset.Slices.Select(s => s.Path).Order(), result.Scores.Select(s => s.Path).Order());
        foreach (var fold in result.Scores.GroupBy(s => s.Fold))
        {
            // By hand from the scores of the other folds.
            var others = result.Scores.Where(s => s.Fold != fold.Key).ToArray();
            bool[] labels = [.. others.Select(s => s.Positive)];
            var scaling = TemperatureScaling.FitLogits(labels, [.. others.Select(s => s.Logit)]);
            var threshold = Thresholds.Youden(labels, [.. others.Select(s => scaling.CalibrateLogit(s.Logit))]).Value;
            Assert.All(fold, s => Assert.Equal((s.Logit / scaling.Temperature) - Math.Log(threshold / (1 - threshold)), s.Margin, 1e-9));
        }

        Assert.Throws<ArgumentException>(() => CrossValidation.Run(options, dataset, [splits[0], DataSplit.ByFold(dataset.Slices, 1, 2)], _folder.File("mixed"), allowLeaking: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossValidation.TrainFold(options, dataset, splits, 5, _folder.File("none"), allowLeaking: true));
    }

    [Fact]
    public void Folds_go_on_from_the_same_folds_of_another_study_and_never_from_a_run_that_knows_what_they_test_on()
    {
        var dataset = SliceDataset.Load(SliceManifest.Load(SyntheticSlices.Write(_folder, 20)), Small.Preprocessing);
        DataSplit[] splits = [.. Enumerable.Range(0, 5).Select(f => DataSplit.ByFold(dataset.Slices, f, (f + 1) % 5))];
        CrossValidation.Run(Small, dataset, splits, _folder.File("first"), allowLeaking: true);

        CrossValidation.Run(Small with { Epochs = 1, StartFrom = _folder.File("first") }, dataset, splits, _folder.File("second"), allowLeaking: true);

        for (var fold = 0; fold < 5; fold++)
        {
            var options = TrainingOptions.FromJson(File.ReadAllText(_folder.File("second", $"fold-{fold}", "options.json")));
            Assert.Equal(_folder.File("first", $"fold-{fold}"), options.StartFrom);
        }

        var fromFold0 = Small with { Epochs = 1, StartFrom = _folder.File("first", "fold-0") };
        using var same = new Trainer(fromFold0).Fit(dataset, splits[0], _folder.File("same"));
        var refused = Assert.Throws<LeakingSplitException>(() => new Trainer(fromFold0).Fit(dataset, splits[3], _folder.File("other")));
        Assert.Contains($"{splits[0].Train.Intersect(splits[3].Validation.Concat(splits[3].Test)).Count()} slices", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("other")));
        Assert.Same(splits[0], StartingRun.RequireUnseen(fromFold0, splits[0], dataset.Slices));
        var labelled = StartingRun.RequireUnseen(fromFold0, splits[3], dataset.Slices, allowLeaking: true);
        Assert.Contains("fold-0", labelled.Description, StringComparison.Ordinal);
        Assert.True(labelled.IsLeaking);
        using var allowed = new Trainer(fromFold0).Fit(dataset, labelled, _folder.File("labelled"));

        // Its ONNX file is known by the folder, and slices by their scan group: one slice of each group is taken out of the run to start from.
        var split = _folder.File("first", "fold-0", "split.csv");
        var one = dataset.Slices.Select((s, i) => (s.Group, s.Path, i)).Where(s => splits[0].Train.Contains(s.i)).GroupBy(s => s.Group).Select(g => g.First().Path).ToHashSet();
        File.WriteAllLines(split, File.ReadAllLines(split).Where(line => !line.EndsWith(",train", StringComparison.Ordinal) || one.Any(p => line.Contains($"\"{p}\"", StringComparison.Ordinal))));
        var fromFile = fromFold0 with { StartFrom = _folder.File("first", "fold-0", "model.onnx") };
        Assert.Equal(refused.Message.Replace("fold-0'", "fold-0" + Path.DirectorySeparatorChar + "model.onnx'", StringComparison.Ordinal), Assert.Throws<LeakingSplitException>(() => StartingRun.RequireUnseen(fromFile, splits[3], dataset.Slices)).Message);
    }

    [Fact]
    public void Folds_of_another_study_are_refused_before_the_first_is_trained_and_keep_their_records()
    {
        var dataset = SliceDataset.Load(SliceManifest.Load(SyntheticSlices.Write(_folder, 20)), Small.Preprocessing);
        DataSplit[] splits = [.. Enumerable.Range(0, 5).Select(f => DataSplit.ByFold(dataset.Slices, f, (f + 1) % 5))];
        CrossValidation.TrainFold(Small, dataset, splits, 3, _folder.File("cv"), allowLeaking: true);
        var before = Records(_folder.File("cv"));

        Assert.Throws<TrainingException>(() => CrossValidation.Run(Small with { Seed = 9 }, dataset, splits, _folder.File("cv"), allowLeaking: true));

        Assert.Equal(before, Records(_folder.File("cv")));
    }

    private static Dictionary<string, string> Records(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(f => f.EndsWith(".json", StringComparison.Ordinal) || f.EndsWith(".csv", StringComparison.Ordinal)).ToDictionary(f => f, File.ReadAllText);

    private sealed class CancelIn(int run, CancellationTokenSource source) : IProgress<SweepProgress>
    {
        public void Report(SweepProgress value)
        {
            if (value.Finished == run && value.Training is not null)
            {
                source.Cancel();
            }
        }
    }
}
