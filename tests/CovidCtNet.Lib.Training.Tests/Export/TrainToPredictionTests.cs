using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Tests.Data;

namespace CovidCtNet.Lib.Training.Tests.Export;

/// <summary>The whole line: files are trained on, exported, loaded and predicted, and the numbers are the trainer's own.</summary>
public sealed class TrainToPredictionTests : IDisposable
{
    private static readonly CtPreprocessing Preprocessing = new() { Width = 52, Height = 48, Fit = CtFit.Letterbox, Mean = 0.4f, StandardDeviation = 0.3f };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ClassifierHead.OneLogit)]
    [InlineData(ClassifierHead.TwoClass)]
    public void Exported_model_gives_the_trainers_logits_from_the_files(ClassifierHead head)
    {
        var options = new TrainingOptions
        {
            Network = new NetworkOptions { Width = 0.0625, InputWidth = 52, InputHeight = 48, Head = head },
            Preprocessing = Preprocessing,
            Epochs = 2,
            Threads = 1,
        };
        var manifest = SliceManifest.Load(SyntheticSlices.Write(_folder, 20));
        var dataset = SliceDataset.Load(manifest, Preprocessing);
        var split = DataSplit.ByFold(dataset.Slices, 0, 1);
        using var trained = new Trainer(options).Fit(dataset, split, _folder.File("run"));
        var assessment = ModelAssessment.Compute(trained, dataset, split);
        var contract = assessment.ToContract(new ModelDescription { Data = "synthetic", WeightsLicense = "MIT" }, manifest.NegativeClass, manifest.PositiveClass);
        var file = _folder.File("model.onnx");
        OnnxExporter.ToPredictGraph(trained.Network, contract).Save(file);

        using var model = CovidCtModel.Load(file);

        Assert.Equal(assessment.Temperature, model.Contract.Temperature);
        Assert.Equal(split.Description, model.Contract.Training!.Split);
        foreach (var scored in assessment.Scores)
        {
            var prediction = model.Predict(CtImage.Load(scored.Path));
            Assert.Equal(scored.Logit, prediction.Logit, 1e-4);
            Assert.Equal(scored.Probability, prediction.Probability, 1e-4);
            Assert.Equal(prediction.Probability >= assessment.Threshold, prediction.Label.IsPositive);
        }
    }

    [Fact]
    public void Explain_file_is_a_model_too_with_a_hash_of_its_own()
    {
        using var network = new ResidualAttentionNetwork(new NetworkOptions { Width = 0.0625, InputWidth = 52, InputHeight = 48 });
        var predict = OnnxExporter.ToPredictGraph(network, Contract());
        OnnxExporter.ToExplainGraph(predict).Save(_folder.File("explain.onnx"));

        using var model = CovidCtModel.Load(_folder.File("explain.onnx"));

        Assert.True(model.Contract.Network.Attention);
        Assert.NotEqual(predict.ComputeWeightsSha256(), model.Contract.WeightsSha256);
    }

    [Fact]
    public void Contract_that_is_not_valid_is_refused_with_its_reasons()
    {
        using var network = new ResidualAttentionNetwork(new NetworkOptions { Width = 0.0625, InputWidth = 52, InputHeight = 48 });

        var e = Assert.Throws<ArgumentException>(() => OnnxExporter.ToPredictGraph(network, Contract() with { Threshold = 1 }));

        Assert.Contains("threshold", e.Message, StringComparison.Ordinal);
    }

    private static ModelContract Contract() => new()
    {
        SchemaVersion = ModelContract.CurrentSchemaVersion,
        Name = "test",
        Version = "1.0.0",
        Preprocessing = Preprocessing,
        Classes = ["non-COVID", "COVID"],
        Threshold = 0.5,
        Temperature = 1,
        Network = OnnxExporter.Describe(new NetworkOptions { InputWidth = 52, InputHeight = 48 }),
        Training = null,
        Metrics = [],
        WeightsLicense = "MIT",
        WeightsSha256 = new string('0', 64),
        IntendedUse = "tests",
    };
}
