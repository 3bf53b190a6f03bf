using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Optimisation;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Tests.Data;
using CovidCtNet.Lib.Training.Transforms;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;

namespace CovidCtNet.Lib.Training.Tests.Transforms;

/// <summary>Training as an ML.NET estimator: learns, scores, saves, reports and stops.</summary>
public sealed class ResidualAttentionTrainerTests : IDisposable
{
    private static readonly ResidualAttentionTrainerOptions Small = new()
    {
        Description = new ModelDescription { Data = "synthetic", WeightsLicense = "MIT", Version = "9.8.7" },
        Scoring = new CovidCtScoringOptions { InputColumnName = "Slice" },
        GroupColumnName = "Scan",
        Training = new TrainingOptions
        {
            Network = new NetworkOptions { Width = 0.0625, InputHeight = 48, InputWidth = 48 },
            Preprocessing = new CtPreprocessing { Width = 48, Height = 48, Mean = 0.5f, StandardDeviation = 0.25f },
            Augmentation = new AugmentationOptions { Erasing = 0 },
            Optimizer = new OptimizerOptions { LearningRate = 5e-3 },
            Epochs = 6,
            BatchSize = 8,
            AverageDecay = 0.9,
            Threads = 1,
        },
    };

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Learns_what_separates_the_classes_with_a_validation_set()
    {
        var steps = new List<TrainingProgress>();
        var trainer = _ml.BinaryClassification.Trainers.ResidualAttention(Small with { Progress = new Collect(steps) });
        using var transformer = trainer.Fit(Rows(0, 40), Rows(1000, 20));
        var unseen = transformer.Transform(Rows(2000, 20));

        // A bright square against noise: a network that trains at all separates it; one that does not is near 0.5.
        Assert.True(_ml.BinaryClassification.Evaluate(unseen).AreaUnderRocCurve > 0.95);
        Assert.True(_ml.BinaryClassification.EvaluateCovidCt(unseen, new CovidCtEvaluationOptions { Bootstrap = null }).Metrics.Accuracy > 0.8);
        var contract = transformer.Model.Contract;
        Assert.Equal(("9.8.7", "synthetic", false), (contract.Version, contract.Training!.Data, contract.Training.LeakingSplit));
        Assert.All(contract.Metrics, m => Assert.Equal("validation", m.Set));
        Assert.Equal(6 * 5, steps.Max(s => s.Step));

        var path = _folder.File("pipeline.zip");
        _ml.Model.Save(transformer, Rows(0, 2).Schema, path);
        using var loaded = _ml.Model.LoadCovidCt(path, out _);
        Assert.Equal(
            _ml.Data.CreateEnumerable<Scored>(unseen, false).Select(r => r.Probability),
            _ml.Data.CreateEnumerable<Scored>(loaded.Transform(Rows(2000, 20)), false).Select(r => r.Probability),
            (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Holds_out_whole_groups_where_no_validation_set_is_given()
    {
        var quick = Small with { Training = Small.Training with { Epochs = 1 }, RunFolder = _folder.File("run") };
        using var transformer = _ml.BinaryClassification.Trainers.ResidualAttention(quick).Fit(Rows(0, 48));
        var contract = transformer.Model.Contract;
        Assert.Contains("whole groups", contract.Training!.Split, StringComparison.Ordinal);
        Assert.Equal(["validation", "test"], contract.Metrics.Select(m => m.Set).Distinct());
        Assert.True(File.Exists(Path.Combine(_folder.File("run"), "history.csv")));

        // Groups unknown: the figures say that they leak.
        var blind = quick with { GroupColumnName = null, RunFolder = null };
        using var leaking = _ml.BinaryClassification.Trainers.ResidualAttention(blind).Fit(Rows(0, 48));
        Assert.True(leaking.Model.Contract.Training!.LeakingSplit);
    }

    [Fact]
    public void Stops_when_told_to_and_refuses_bad_columns()
    {
        using var stop = new CancellationTokenSource();
        var stopping = Small with { CancellationToken = stop.Token, Progress = new Collect([], () => stop.Cancel()) };
        Assert.ThrowsAny<OperationCanceledException>(() => _ml.BinaryClassification.Trainers.ResidualAttention(stopping).Fit(Rows(0, 40), Rows(1000, 20)));

        void Refused(string column, ResidualAttentionTrainerOptions options)
            => Assert.Equal(column, Assert.Throws<CovidCtSchemaException>(() => _ml.BinaryClassification.Trainers.ResidualAttention(options).Fit(Rows(0, 4))).ColumnName);
        Refused("Path", Small with { Scoring = CovidCtScoringOptions.Default });
        Refused("Scan", Small with { LabelColumnName = "Scan" });
        Refused("Patient", Small with { GroupColumnName = "Patient" });
        Assert.Throws<DatasetException>(() => _ml.BinaryClassification.Trainers.ResidualAttention(Small).Fit(Rows(0, 0)));
        Assert.Throws<DatasetException>(() => _ml.BinaryClassification.Trainers.ResidualAttention(Small).Fit(Rows(0, 4), Rows(0, 1)));
    }

    private IDataView Rows(int seed, int count) => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new Row
    {
        Slice = SyntheticSlices.Create(i % 2 == 0, seed + i),
        Label = i % 2 == 0,

        // Groups of two slices of one class.
        Scan = $"scan {seed + (i / 4)} {i % 2}",
    }).ToArray());

    private sealed class Collect(List<TrainingProgress> steps, Action? then = null) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            steps.Add(value);
            then?.Invoke();
        }
    }

    private sealed class Row
    {
        [CtSliceType]
        public CtImage? Slice { get; set; }

        public bool Label { get; set; }

        public string Scan { get; set; } = string.Empty;
    }

    private sealed class Scored
    {
        public float Probability { get; set; }
    }
}
