using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Training.Tests.Data;

public sealed class SliceDatasetTests : IDisposable
{
    private static readonly CtPreprocessing Preprocessing = new() { Width = 24, Height = 24, Mean = 0.5f, StandardDeviation = 0.25f };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Planes_are_those_of_inference_before_normalisation()
    {
        SyntheticSlices.Write(_folder, 4);
        var manifest = SliceManifest.Load(_folder.Root);

        var dataset = SliceDataset.Load(manifest, Preprocessing);

        var inference = Preprocessing.Apply(CtImage.Load(manifest.Slices[5].Path));
        var training = dataset.Gather([5]).Select(v => (v - 0.5f) / 0.25f);
        Assert.All(inference.Zip(training), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    [Fact]
    public void Unreadable_files_are_listed_and_refused_or_skipped()
    {
        SyntheticSlices.Write(_folder, 4);
        var manifest = SliceManifest.Load(_folder.Root);
        File.WriteAllText(manifest.Slices[3].Path, "no picture");
        File.Delete(manifest.Slices[7].Path);

        var e = Assert.Throws<DatasetException>(() => SliceDataset.Load(manifest, Preprocessing));
        Assert.Equal([manifest.Slices[3].Path, manifest.Slices[7].Path], e.Unreadable.Select(u => u.Path));

        var dataset = SliceDataset.Load(manifest, Preprocessing, skipUnreadable: true);
        Assert.Equal(14, dataset.Slices.Count);
        Assert.Equal(2, dataset.Unreadable.Count);
        Assert.DoesNotContain(dataset.Slices, s => s.Path == manifest.Slices[3].Path);
    }

    [Fact]
    public void Loading_can_be_cancelled()
    {
        SyntheticSlices.Write(_folder, 4);

        Assert.ThrowsAny<OperationCanceledException>(() => SliceDataset.Load(SliceManifest.Load(_folder.Root), Preprocessing, cancellationToken: new CancellationToken(canceled: true)));
    }
}
