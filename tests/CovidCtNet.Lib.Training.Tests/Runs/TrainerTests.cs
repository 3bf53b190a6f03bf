using System.Globalization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Guidance;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Optimisation;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Tests.Data;

namespace CovidCtNet.Lib.Training.Tests.Runs;

public sealed class TrainerTests : IDisposable
{
    private static readonly TrainingOptions Small = new()
    {
        Network = new NetworkOptions { Width = 0.0625, InputHeight = 48, InputWidth = 48 },
        Preprocessing = new CtPreprocessing { Width = 48, Height = 48, Mean = 0.5f, StandardDeviation = 0.25f },
        Augmentation = new AugmentationOptions { Erasing = 0 },
        Optimizer = new OptimizerOptions { LearningRate = 5e-3 },
        Epochs = 3,
        BatchSize = 8,
        AverageDecay = 0.9,
        Threads = 1,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Learns_what_separates_the_classes_and_gives_calibrated_test_figures()
    {
        var (dataset, split) = Load();
        using var model = new Trainer(Small with { Epochs = 6 }).Fit(dataset, split, _folder.File("run"));

        var assessment = ModelAssessment.Compute(model, dataset, split);

        // A bright square against noise: a network that trains at all separates it; one that does not is near 0.5.
        var auc = assessment.Metrics.Single(m => m is { Name: "AUC", Set: "test" });
        Assert.True(auc.Value > 0.95, $"test AUC {auc.Value}");
        Assert.Equal((split.Test.Count, 4), (auc.Samples, auc.Groups));
        Assert.InRange(auc.Value, auc.Lower!.Value, auc.Upper!.Value);
        Assert.True(assessment.Temperature > 0);
        Assert.Equal(model.History.Max(r => r.ValidationAuc), model.History[model.BestEpoch - 1].ValidationAuc);
    }

    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.RmsProp)]
    [InlineData(OptimizerKind.Adagrad)]
    public void Run_resumed_after_a_stop_ends_with_the_same_weights(OptimizerKind kind)
    {
        var (dataset, split) = Load();
        var options = Small with { Optimizer = Small.Optimizer with { Kind = kind } };
        using var unbroken = new Trainer(options).Fit(dataset, split, _folder.File("unbroken"));
        using var stop = new CancellationTokenSource();

        // Stops after the second step of the third epoch, which is kept.
        var stopped = new StopAt(p => p.Epoch == 3 && p.Step % (p.Steps / 3) == 2, stop);
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options).Fit(dataset, split, _folder.File("resumed"), stopped, stop.Token));
        var kept = Assert.Single(Directory.GetDirectories(_folder.File("resumed")));
        Assert.NotEqual(0, int.Parse(Path.GetFileName(kept)["checkpoint-".Length..], CultureInfo.InvariantCulture) % stopped.StepsPerEpoch);
        using var resumed = new Trainer(options).Fit(dataset, split, _folder.File("resumed"));

        Assert.Equal(3, resumed.History.Count);
        Assert.Equal(unbroken.History.Select(r => (r.TrainingLoss, r.ValidationAuc)), resumed.History.Select(r => (r.TrainingLoss, r.ValidationAuc)));
        Assert.Equal(Bytes(unbroken), Bytes(resumed));
    }

    [Fact]
    public void Epochs_of_half_size_come_first_resume_and_are_never_the_best()
    {
        var (dataset, split) = Load();
        var whole = Small with { Network = Small.Network with { InputWidth = 96, InputHeight = 96 }, Preprocessing = Small.Preprocessing with { Width = 96, Height = 96 } };
        var options = whole with { HalfSizeEpochs = 2, Patience = 1 };
        var enlarged = SliceDataset.Load(dataset.Manifest, options.Preprocessing);
        using var unbroken = new Trainer(options).Fit(enlarged, split, _folder.File("unbroken"));
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options).Fit(enlarged, split, _folder.File("resumed"), new StopAt(p => p.Epoch == 2 && p.Step % (p.Steps / 3) == 2, stop), stop.Token));
        using var resumed = new Trainer(options).Fit(enlarged, split, _folder.File("resumed"));
        using var other = new Trainer(whole).Fit(enlarged, split, _folder.File("other"));

        Assert.Equal((3, 3), (unbroken.BestEpoch, unbroken.History.Count));
        Assert.Equal(Bytes(unbroken), Bytes(resumed));
        Assert.NotEqual(unbroken.History[0].ValidationAuc, other.History[0].ValidationAuc);
        Assert.Contains("the first 2 of half size", ModelAssessment.Compute(unbroken, enlarged, split).ToContract(new ModelDescription { Data = "squares", WeightsLicense = "none" }, "no", "yes").Training!.Recipe, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Trainer(whole with { HalfSizeEpochs = 3 }));
        Assert.Throws<ArgumentException>(() => new Trainer(Small with { HalfSizeEpochs = 1 }));
    }

    [Fact]
    public void Run_can_start_from_the_weights_of_another_at_a_smaller_size()
    {
        var (dataset, split) = Load();
        using var first = new Trainer(Small with { Epochs = 4 }).Fit(dataset, split, _folder.File("first"));
        var larger = Small with
        {
            Network = Small.Network with { InputWidth = 64, InputHeight = 64 },
            Preprocessing = Small.Preprocessing with { Width = 64, Height = 64 },
            StartFrom = _folder.File("first"),
            Epochs = 1,
            Optimizer = Small.Optimizer with { LearningRate = 1e-9, Schedule = ScheduleKind.Constant },
        };
        var enlarged = SliceDataset.Load(dataset.Manifest, larger.Preprocessing);

        using var second = new Trainer(larger).Fit(enlarged, split, _folder.File("second"));

        // The rate is next to nothing: the weights are those of the first run.
        Assert.Equal(Classifier(first), Classifier(second), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Throws<TrainingException>(() => new Trainer(larger with { StartFrom = _folder.File("none") }).Fit(enlarged, split, _folder.File("third")));
    }

    [Fact]
    public void Run_ends_early_when_its_patience_does()
    {
        var (dataset, split) = Load();

        // No step changes anything at such a rate, so the first epoch stays the best.
        var options = Small with { Epochs = 9, Patience = 2, Optimizer = Small.Optimizer with { LearningRate = 1e-12 }, AverageDecay = 0.999 };
        using var model = new Trainer(options).Fit(dataset, split, _folder.File("run"));

        Assert.Equal(2 + model.BestEpoch, model.History.Count);
        Assert.True(model.History.Count < 9);
    }

    [Fact]
    public void Options_survive_json_and_bad_ones_are_named()
    {
        var options = Small with
        {
            Mixup = 0.3,
            Patience = 4,
            StartFrom = "runs/first",
            FrozenStages = 3,
            SelectBy = ValidationMetric.Accuracy,
            Loss = new LossOptions { Kind = LossKind.Focal, FocalGamma = 1.5, PositiveWeight = null },
            Guidance = new GuidanceOptions { Images = "slices", Masks = "masks", Weight = 0.2, SlicesPerStep = 3, Transplants = 0.1 },
            Preprocessing = Small.Preprocessing with { Crop = CtCrop.LungField },
        };

        Assert.Equal(options, TrainingOptions.FromJson(options.ToJson()));
        Assert.Throws<TrainingException>(() => TrainingOptions.FromJson("{ \"epochs\": 0 }"));
        Assert.Throws<TrainingException>(() => TrainingOptions.FromJson("{ \"epoch\": 10 }"));
        Assert.Throws<TrainingException>(() => TrainingOptions.FromJson("epochs: 10"));
    }

    [Fact]
    public void Frozen_stages_keep_weights_and_batch_statistics_and_the_rest_learns()
    {
        var (dataset, split) = Load();
        using var first = new Trainer(Small with { Epochs = 1 }).Fit(dataset, split, _folder.File("first"));
        var before = State(first);

        using var tuned = new Trainer(Small with { Epochs = 1, StartFrom = _folder.File("first"), FrozenStages = 2 }).Fit(dataset, split, _folder.File("tuned"));

        var changed = State(tuned).Where(p => !p.Value.SequenceEqual(before[p.Key])).Select(p => p.Key).ToArray();
        Assert.DoesNotContain(changed, n => n.StartsWith("conv1", StringComparison.Ordinal) || n.StartsWith("bn1", StringComparison.Ordinal)
            || n.StartsWith("pre.0", StringComparison.Ordinal) || n.StartsWith("pre.1", StringComparison.Ordinal)
            || n.StartsWith("attention.0", StringComparison.Ordinal) || n.StartsWith("attention.1", StringComparison.Ordinal));
        Assert.Contains("fc.weight", changed);
        Assert.Contains(changed, n => n.StartsWith("pre.2", StringComparison.Ordinal));
        Assert.Contains(changed, n => n.StartsWith("attention.2", StringComparison.Ordinal) && n.EndsWith("running_mean", StringComparison.Ordinal));
    }

    [Fact]
    public void Fixed_variants_enlarge_the_set_fourfold_train_and_resume()
    {
        var (dataset, split) = Load();
        var options = Small with { FixedVariants = 3, Epochs = 2 };
        using var unbroken = new Trainer(options).Fit(dataset, split, _folder.File("unbroken"));
        using var stop = new CancellationTokenSource();
        long steps = 0;
        var stopped = new StopAt(p => { steps = p.Steps; return p.Step == 10; }, stop);
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options).Fit(dataset, split, _folder.File("resumed"), stopped, stop.Token));
        using var resumed = new Trainer(options).Fit(dataset, split, _folder.File("resumed"));

        // 48 slices and three variants of each in batches of 8, twice.
        Assert.Equal(split.Train.Count * 4 / 8 * 2, steps);
        Assert.Equal(Bytes(unbroken), Bytes(resumed));
    }

    [Theory]
    [InlineData(ValidationMetric.Loss)]
    [InlineData(ValidationMetric.Accuracy)]
    public void Best_epoch_is_that_of_the_chosen_metric(ValidationMetric metric)
    {
        var (dataset, split) = Load();

        using var model = new Trainer(Small with { SelectBy = metric }).Fit(dataset, split, _folder.File("run"));

        var best = metric == ValidationMetric.Loss ? model.History.MinBy(r => r.ValidationLoss)! : model.History.MaxBy(r => r.ValidationAccuracy)!;
        Assert.Equal(best.Epoch, model.BestEpoch);
    }

    [Fact]
    public void Checkpoint_that_cannot_be_written_leaves_the_one_before_it_whole()
    {
        var (dataset, split) = Load();
        using (new Trainer(Small with { Epochs = 1 }).Fit(dataset, split, _folder.File("run")))
        {
        }

        var kept = Directory.GetDirectories(_folder.File("run"), "checkpoint-*").Single();
        var (state, before) = (Checkpoint.Newest(_folder.File("run"))!, Directory.GetFiles(kept).ToDictionary(f => f, File.ReadAllBytes));
        using var network = new ResidualAttentionNetwork(Small.Network);
        using var optimizer = OptimizerFactory.Create(network, Small.Optimizer);

        // A file stands where the next checkpoint's folder must go, so the last step of the writing fails, as on a full disk.
        File.WriteAllText(Path.Combine(_folder.File("run"), "checkpoint-00000099"), "in the way");
        var e = Assert.Throws<TrainingException>(() => Checkpoint.Save(
            _folder.File("run"), state.State with { Step = 99 }, network, network, optimizer, state, isBest: false));

        Assert.Contains(kept, e.Message, StringComparison.Ordinal);
        Assert.Equal([kept], Directory.GetDirectories(_folder.File("run")));
        Assert.All(before, f => Assert.Equal(f.Value, File.ReadAllBytes(f.Key)));
    }

    [Fact]
    public void Folder_of_another_run_is_refused()
    {
        var (dataset, split) = Load();
        using var model = new Trainer(Small with { Epochs = 1 }).Fit(dataset, split, _folder.File("run"));

        string[] records = [_folder.File("run", "options.json"), _folder.File("run", "split.csv")];
        var before = records.Select(File.ReadAllText).ToArray();

        var e = Assert.Throws<TrainingException>(() => new Trainer(Small with { Epochs = 1, Seed = 2 }).Fit(dataset, split, _folder.File("run")));
        var other = DataSplit.ByFold(dataset.Slices, 2, 3);
        var f = Assert.Throws<TrainingException>(() => new Trainer(Small with { Epochs = 1 }).Fit(dataset, other, _folder.File("run")));

        Assert.Contains("other options", e.Message, StringComparison.Ordinal);
        Assert.Contains("another split", f.Message, StringComparison.Ordinal);

        // Others are checked against what the run was trained on by these files.
        Assert.Equal(before, records.Select(File.ReadAllText));
    }

    [Fact]
    public void Loss_that_is_no_number_stops_the_run_and_keeps_the_checkpoint()
    {
        var (dataset, split) = Load();
        var options = Small with { GradientClip = 0, Optimizer = new OptimizerOptions { Kind = OptimizerKind.Sgd, LearningRate = 1e30, WarmUp = 0 } };

        var e = Assert.Throws<TrainingException>(() => new Trainer(options).Fit(dataset, split, _folder.File("run")));

        Assert.Contains("learning rate", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_checkpoint_is_named()
    {
        var (dataset, split) = Load();
        using (new Trainer(Small with { Epochs = 2 }).Fit(dataset, split, _folder.File("run")))
        {
        }

        var weights = Path.Combine(Directory.GetDirectories(_folder.File("run"), "checkpoint-*").Single(), "network.weights");
        var bytes = File.ReadAllBytes(weights);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(weights, bytes);

        Assert.Contains(weights, Assert.Throws<TrainingException>(() => new Trainer(Small with { Epochs = 2 }).Fit(dataset, split, _folder.File("run"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_of_network_and_preprocessing_must_agree() =>
        Assert.Throws<ArgumentException>(() => new Trainer(Small with { Network = Small.Network with { InputWidth = 50 } }));

    // Hand-worked values of the formulas.
    [Theory]
    [InlineData(ScheduleKind.OneCycle, 0, 0.04)]
    [InlineData(ScheduleKind.OneCycle, 10, 0.52)]
    [InlineData(ScheduleKind.OneCycle, 20, 1.0)]
    [InlineData(ScheduleKind.OneCycle, 60, 0.5)]
    [InlineData(ScheduleKind.Cosine, 9, 0.5)]
    [InlineData(ScheduleKind.Cosine, 60, 0.5)]
    [InlineData(ScheduleKind.Constant, 70, 1.0)]
    [InlineData(ScheduleKind.Constant, 4, 0.25)]
    [InlineData(ScheduleKind.Step, 30, 1.0)]
    [InlineData(ScheduleKind.Step, 34, 0.1)]
    [InlineData(ScheduleKind.Step, 99, 0.01)]
    public void Schedules_follow_their_formulas(ScheduleKind kind, long step, double share)
    {
        var options = new OptimizerOptions { LearningRate = 0.01, Schedule = kind, WarmUp = 0.2 };

        Assert.Equal(0.01 * share, options.RateAt(step, 100), 1e-12);
    }

    private (SliceDataset Dataset, DataSplit Split) Load()
    {
        var dataset = SliceDataset.Load(SliceManifest.Load(SyntheticSlices.Write(_folder, 20)), Small.Preprocessing);
        return (dataset, DataSplit.ByFold(dataset.Slices, 0, 1));
    }

    private static float[] Classifier(TrainedModel model) => model.Network.state_dict()["fc.weight"].data<float>().ToArray();

    private static Dictionary<string, byte[]> State(TrainedModel model) =>
        model.Network.state_dict().ToDictionary(p => p.Key, p => p.Value.contiguous().bytes.ToArray());

    private static byte[] Bytes(TrainedModel model) =>
        [.. model.Network.state_dict().OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => p.Value.contiguous().bytes.ToArray())];

    private sealed class StopAt(Predicate<TrainingProgress> when, CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public long StepsPerEpoch { get; private set; }

        public void Report(TrainingProgress value)
        {
            StepsPerEpoch = value.Steps / value.Epochs;
            if (when(value))
            {
                source.Cancel();
            }
        }
    }
}
