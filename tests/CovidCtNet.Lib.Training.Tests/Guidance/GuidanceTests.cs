using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Guidance;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Tests.Data;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Tests.Guidance;

public sealed class GuidanceTests : IDisposable
{
    private const int Side = 48;

    private static readonly TrainingOptions Small = new()
    {
        Network = new NetworkOptions { Width = 0.0625, InputHeight = Side, InputWidth = Side },
        Preprocessing = new CtPreprocessing { Width = Side, Height = Side, Fit = CtFit.Stretch, Mean = 0.5f, StandardDeviation = 0.25f },
        Epochs = 2,
        BatchSize = 8,
        Threads = 1,
    };

    private readonly TemporaryFolder _folder = new();

    public GuidanceTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evidence_of_the_cells_averages_to_the_logit()
    {
        using var network = new ResidualAttentionNetwork(Small.Network, 3);
        network.eval();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();

        var (logits, evidence) = network.ForwardWithEvidence(randn([2, 1, 100, 100]));

        Assert.Equal([2, 1, 4, 4], evidence.shape);
        Assert.True((evidence.mean([2, 3]) - logits).abs().max().item<float>() < 1e-5, "the classifier is linear: mean of evidence and evidence of the mean agree but for rounding");
    }

    [Fact]
    public void Loss_is_the_cross_entropy_between_infected_area_and_evidence()
    {
        using var scope = NewDisposeScope();
        var evidence = tensor([1f, 0f, 0f, 0f, /* no infection: */ 5f, 1f, 2f, 3f], [2, 2, 2]);
        var masks = zeros([2, 1, 4, 4]);
        masks[0, 0, 0, 0] = 1;
        masks[0, 0, 3, 3] = 1;

        var loss = GuidanceLoss.Compute(evidence, masks).item<float>();

        // Half of the area is in the first cell and half in the last; 5 % of the target is spread. The second slice has none and does not count.
        var norm = Math.Log(Math.E + 3);
        Assert.Equal(-((((0.95 * 0.5) + 0.0125) * (1 - norm)) + (0.0125 * -norm * 2) + (((0.95 * 0.5) + 0.0125) * -norm)), loss, 1e-5);
    }

    [Fact]
    public void Masks_move_as_their_slices_do()
    {
        using var scope = NewDisposeScope();
        var slices = rand([4, 1, Side, Side]);
        var all = new AugmentationOptions();
        var geometry = all with { Brightness = 0, Contrast = 0, MaximumGamma = 1, Noise = 0, Blur = 0, Erasing = 0 };
        var still = all with { Brightness = 0, Contrast = 0, MaximumGamma = 1, Noise = 0, Blur = 0 };

        // With erasing alone on top, all pixels but the erased ones agree: the geometry is drawn first.
        var (moved, erased) = (Augmenter.Apply(slices, geometry, 9), Augmenter.Apply(slices, still, 9));
        Assert.True((moved - erased).abs().lt(1e-6).to_type(ScalarType.Float32).mean().item<float>() > 0.8);
        Assert.False(Augmenter.Apply(slices, geometry, 10).allclose(moved));
    }

    [Fact]
    public void Transplant_brightens_lung_where_the_mask_is_and_nothing_else()
    {
        WriteGuided(out var options);
        var guided = GuidedSlices.Load(options, Small.Preprocessing);
        var transplant = new InfectionTransplant(guided, Side);
        var clean = (Small.Preprocessing with { Mean = 0, StandardDeviation = 1 }).Apply(CtPhantom.Create(77, new CtPhantomOptions { Opacities = 0 }).Image);
        var random = new Random(4);
        var done = 0;
        for (var i = 0; i < 40; i++)
        {
            var plane = (float[])clean.Clone();
            if (!transplant.TryApply(plane, random))
            {
                Assert.Equal(clean, plane);
                continue;
            }

            done++;
            Assert.All(plane.Zip(clean), p => Assert.InRange(p.First, p.Second, 1));
            Assert.InRange(plane.Zip(clean).Count(p => p.First > p.Second + 0.05f), 5, plane.Length / 3);
        }

        Assert.InRange(done, 5, 40);
    }

    [Fact]
    public void Guided_run_trains_resumes_and_exports_the_same_network()
    {
        WriteGuided(out var guidance);
        var dataset = SliceDataset.Load(SliceManifest.Load(SyntheticSlices.Write(_folder, 20)), Small.Preprocessing);
        var split = DataSplit.ByFold(dataset.Slices, 0, 1);
        var options = Small with { Guidance = guidance with { SlicesPerStep = 2, Transplants = 0.5 }, Mixup = 0.2 };
        using var unbroken = new Trainer(options).Fit(dataset, split, _folder.File("unbroken"));
        using var plain = new Trainer(Small with { Mixup = 0.2 }).Fit(dataset, split, _folder.File("plain"));
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options).Fit(dataset, split, _folder.File("resumed"), new CancelAfter(3, stop), stop.Token));
        using var resumed = new Trainer(options).Fit(dataset, split, _folder.File("resumed"));

        Assert.Equal(unbroken.History.Select(r => r.TrainingLoss), resumed.History.Select(r => r.TrainingLoss));
        Assert.NotEqual(unbroken.History[0].TrainingLoss, plain.History[0].TrainingLoss);
    }

    [Fact]
    public void Missing_mask_is_named()
    {
        WriteGuided(out var options);
        File.Delete(Path.Combine(options.Masks, "1.png"));

        Assert.Contains("1.png", Assert.Throws<DatasetException>(() => GuidedSlices.Load(options, Small.Preprocessing)).Message, StringComparison.Ordinal);
        Assert.Throws<DatasetException>(() => GuidedSlices.Load(options with { Images = _folder.File("none") }, Small.Preprocessing));
    }

    private void WriteGuided(out GuidanceOptions options)
    {
        options = new GuidanceOptions { Images = Directory.CreateDirectory(_folder.File("guided")).FullName, Masks = Directory.CreateDirectory(_folder.File("masks")).FullName };
        for (var seed = 0; seed < 6; seed++)
        {
            var phantom = CtPhantom.Create(seed, new CtPhantomOptions { Opacities = 4 });
            phantom.Image.SavePng(Path.Combine(options.Images, $"{seed}.png"));
            var mask = phantom.OpacityMask.ToArray().Select(b => b ? (byte)1 : (byte)0).ToArray();
            CtImage.FromGray8(mask, phantom.Image.Width, phantom.Image.Height).SavePng(Path.Combine(options.Masks, $"{seed}.png"));
        }
    }

    private sealed class CancelAfter(long step, CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step)
            {
                source.Cancel();
            }
        }
    }
}
