using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Optimisation;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Studies;
using CovidCtNet.Lib.Training.Tests.Data;
using TorchSharp;

namespace CovidCtNet.Lib.Training.Tests.Runs;

/// <summary>A batch of all slices makes one step per epoch, whose loss is still finite: only what follows the step shows the divergence.</summary>
public sealed class DivergenceTests : IDisposable
{
    private static readonly TrainingOptions OneStep = new()
    {
        Network = new NetworkOptions { Width = 0.0625, InputHeight = 48, InputWidth = 48 },
        Preprocessing = new CtPreprocessing { Width = 48, Height = 48, Mean = 0.5f, StandardDeviation = 0.25f },
        Optimizer = new OptimizerOptions { Kind = OptimizerKind.Adam, LearningRate = 1e30, Schedule = ScheduleKind.Constant, WarmUp = 0 },
        Epochs = 1,
        BatchSize = 200,
        AverageDecay = 0.9,
        Threads = 1,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Without the check the AUC refuses the scores by an exception that no sweep takes for a divergence.
    [Fact]
    public void Divergence_that_shows_at_validation_alone_is_one()
    {
        var manifest = SliceManifest.Load(SyntheticSlices.Write(_folder, 20));
        var dataset = SliceDataset.Load(manifest, OneStep.Preprocessing);

        var thrown = Assert.Throws<TrainingException>(() => new Trainer(OneStep).Fit(dataset, DataSplit.ByFold(dataset.Slices, 0, 1), _folder.File("run")));

        Assert.True(thrown.IsDivergence);
        Assert.Empty(Directory.GetDirectories(_folder.File("run"), "checkpoint-*"));
    }

    [Fact]
    public void Run_without_validation_keeps_no_checkpoint_of_a_network_that_gives_no_numbers()
    {
        var manifest = SliceManifest.Load(SyntheticSlices.Write(_folder, 20));
        var dataset = SliceDataset.Load(manifest, OneStep.Preprocessing);
        var options = OneStep with { SelectBy = ValidationMetric.LastEpoch };

        var thrown = Assert.Throws<TrainingException>(() => new Trainer(options).Fit(dataset, DataSplit.ByFold(dataset.Slices, 0, null), _folder.File("run")));

        Assert.True(thrown.IsDivergence);
        Assert.Empty(Directory.GetDirectories(_folder.File("run"), "checkpoint-*"));
    }

    [Fact]
    public void Average_tells_a_weight_that_is_no_number()
    {
        using var network = CtNetwork.Create(OneStep.Network, 1);
        using var average = new WeightAverage(network, 0.9);
        Assert.True(average.IsFinite());
        using (torch.no_grad())
        {
            network.parameters().Last().fill_(float.PositiveInfinity);
        }

        average.Update(1);

        Assert.False(average.IsFinite());
    }

    [Fact]
    public void Sweep_goes_on_past_it()
    {
        var manifest = SliceManifest.Load(SyntheticSlices.Write(_folder, 20));
        var sweep = new SweepOptions { Base = OneStep, Optimizers = [OptimizerKind.Adam], LearningRates = [1e30, 1e-3], Seeds = [1] };

        var runs = Sweep.Run(sweep, manifest, _folder.File("sweep"));

        Assert.True(double.IsNaN(runs[0].Auc));
        Assert.False(double.IsNaN(runs[1].Auc));
    }
}
