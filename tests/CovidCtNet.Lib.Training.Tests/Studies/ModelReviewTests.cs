using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Studies;
using CovidCtNet.Lib.Training.Tests.Data;

namespace CovidCtNet.Lib.Training.Tests.Studies;

public sealed class ModelReviewTests : IDisposable
{
    private static readonly TrainingOptions Small = new()
    {
        Network = new NetworkOptions { Width = 0.0625, InputHeight = 48, InputWidth = 48, Family = NetworkFamily.SmallConvolutional },
        Preprocessing = new CtPreprocessing { Width = 48, Height = 48, Mean = 0.5f, StandardDeviation = 0.25f, Crop = CtCrop.LungField },
        Epochs = 3,
        BatchSize = 8,
        Threads = 1,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Review_scores_every_shift_and_seals_the_figures_without_touching_the_weights()
    {
        var (path, slices) = Trained();
        using var model = CovidCtModel.Load(path);
        var test = slices.Where(s => s.Fold == 0).ToArray();

        var figures = ModelReview.TestSlices(model, test);
        var annotated = ModelReview.Annotated(model, "phantoms", WriteAnnotated());
        var sealedPath = _folder.File("sealed.onnx");
        ModelReview.Seal(path, sealedPath, [.. figures, .. annotated], ["It was trained on squares."]);

        // Unshifted figures are those of the contract, which were computed in torch; every shift has its four figures.
        var before = model.Contract.Metrics.Single(m => m.Set == "test" && m.Name == "AUC");
        var after = figures.Single(m => m.Set == "test" && m.Name == "AUC");
        Assert.Equal(before.Value, after.Value, 1e-6);
        Assert.Equal(SimulatedShift.All.Count, figures.Count(m => m.Name == "AUC" && !m.Set.Contains("median", StringComparison.Ordinal)));
        Assert.All(ModelReview.TestSlices(model, test, leaking: true), m => Assert.StartsWith("test (leaking split)", m.Set, StringComparison.Ordinal));
        Assert.Equal(2, annotated.Count);
        Assert.All(annotated, m => Assert.Equal((12, 2), (m.Samples, m.Groups)));

        using var reviewed = CovidCtModel.Load(sealedPath);
        Assert.Equal(model.Contract.WeightsSha256, reviewed.Contract.WeightsSha256);
        Assert.Single(reviewed.Contract.Metrics, m => m.Set == "test" && m.Name == "AUC");
        var image = CtImage.Load(test[0].Path);
        Assert.Equal(model.Predict(image).Logit, reviewed.Predict(image).Logit);
        var card = ModelCard.Render(reviewed.Contract);
        Assert.Contains("It was trained on squares.", card, StringComparison.Ordinal);
        Assert.Contains("| test, shift: upside down | 16, 4 | AUC |", card, StringComparison.Ordinal);
        Assert.Contains("not a medical device", card, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Shifts_do_what_their_names_say()
    {
        var image = CtPhantom.Create(3).Image;
        CtImage Of(string name) => SimulatedShift.All.Single(s => s.Name.StartsWith(name, StringComparison.Ordinal)).Of(image, 1);
        var plain = Of("none");

        Assert.Equal((plain.Width, plain.Height), (Of("resolution a quarter").Width, Of("resolution a quarter").Height));
        Assert.Equal(plain[10, 20], Of("mirrored")[plain.Width - 11, 20]);
        Assert.Equal(plain[10, 20], Of("upside down")[10, plain.Height - 21]);
        Assert.Equal(plain[(int)(plain.Width * 0.08) + 5, (int)(plain.Height * 0.08) + 7], Of("cut by 8 %")[5, 7]);
        var framed = Of("framed");
        Assert.Equal(plain[5, 7], framed[5 + (int)(plain.Width * 0.3), 7 + (int)(plain.Height * 0.3)]);
        Assert.Equal(0, framed[0, 0]);
        Assert.Equal(Of("noise, standard deviation 0.04").Pixels, Of("noise, standard deviation 0.04").Pixels);

        // Middle gray stays under a change of contrast; the deviation of the noise is as stated (40,000 draws: within 2 %).
        Assert.All(Enumerable.Range(0, plain.Pixels.Length).Where(i => plain.Pixels[i] is > 120 and < 135), i => Assert.InRange(Of("contrast x 1.4").Pixels[i], 115, 141));
        var middle = CtImage.FromGray8(Enumerable.Repeat((byte)128, 40_000).ToArray(), 200, 200);
        var noisy = SimulatedShift.All.Single(s => s.Name.EndsWith("0.08", StringComparison.Ordinal)).Of(middle, 5);
        Assert.Equal(0.08 * 255, Math.Sqrt(noisy.Pixels.ToArray().Average(v => (v - 128.0) * (v - 128))), 0.02 * 0.08 * 255);
    }

    // scipy.stats.spearmanr([1, 2, 2, 4, 9, 3], [10, 30, 20, 20, 90, 50]) = 0.7205882352941176 (SciPy 1.10).
    [Fact]
    public void Rank_correlation_agrees_with_scipy_and_knows_its_bounds()
    {
        Assert.Equal(0.7205882352941176, RankCorrelation.Compute([1, 2, 2, 4, 9, 3], [10, 30, 20, 20, 90, 50]).Estimate, 1e-12);
        Assert.Equal(1, RankCorrelation.Compute([1, 2, 3, 4], [1, 10, 100, 1000]).Estimate, 1e-12);
        Assert.Equal(0, RankCorrelation.Compute([1, 1, 1, 1, 1], [1, 2, 3, 4, 5]).Estimate);
        var r = RankCorrelation.Compute([.. Enumerable.Range(0, 100).Select(i => (double)i)], [.. Enumerable.Range(0, 100).Select(i => (double)((i * 37) % 100))]);
        Assert.InRange(r.Estimate, r.Lower, r.Upper);
    }

    [Fact]
    public void Missing_masks_are_named()
    {
        var set = WriteAnnotated();
        File.Delete(Path.Combine(set.Lung, "1_0.png"));

        Assert.Contains("1_0.png", Assert.Throws<DatasetException>(() => set.Cases(default)).Message, StringComparison.Ordinal);
    }

    private (string Path, IReadOnlyList<SliceRecord> Slices) Trained()
    {
        var dataset = SliceDataset.Load(SliceManifest.Load(SyntheticSlices.Write(_folder, 20)), Small.Preprocessing);
        var split = DataSplit.ByFold(dataset.Slices, 0, 1);
        using var model = new Trainer(Small).Fit(dataset, split, _folder.File("run"));
        var assessment = ModelAssessment.Compute(model, dataset, split);
        var path = _folder.File("model.onnx");
        OnnxExporter.ToPredictGraph(model.Network, assessment.ToContract(new ModelDescription { Data = "squares", WeightsLicense = "MIT" }, "non-COVID", "COVID")).Save(path);
        return (path, dataset.Slices);
    }

    private AnnotatedSet WriteAnnotated()
    {
        string Folder(string name) => Directory.CreateDirectory(_folder.File(name)).FullName;
        var set = new AnnotatedSet { Images = Folder("ct"), Infection = Folder("infection"), Lung = Folder("lung") };
        for (var i = 0; i < 12; i++)
        {
            var phantom = CtPhantom.Create(i, new CtPhantomOptions { Opacities = i % 3 * 3 });
            var name = $"{1 + (i / 6)}_{i % 6}.png";
            phantom.Image.SavePng(Path.Combine(set.Images, name));
            Mask(phantom.OpacityMask, set.Infection);
            Mask(phantom.LungMask, set.Lung);

            void Mask(ReadOnlySpan<bool> mask, string folder) => CtImage.FromGray8(
                mask.ToArray().Select(b => b ? byte.MaxValue : (byte)0).ToArray(), phantom.Image.Width, phantom.Image.Height).SavePng(Path.Combine(folder, name));
        }

        return set;
    }
}
