using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Tests.Data;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Tests.Augmentation;

public sealed class NewEffectsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public NewEffectsTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Elastic_deformation_moves_content_smoothly_and_no_farther_than_asked()
    {
        using var scope = NewDisposeScope();
        const int Side = 64;
        const double Share = 0.1;

        // A ramp: the value read at a pixel says where in the source, from 0 to 1, it came from.
        var ramp = ((arange(Side) + 0.5) / Side).to_type(ScalarType.Float32);
        var batch = stack([ramp.reshape(1, 1, Side).expand(1, Side, Side), ramp.reshape(1, Side, 1).expand(1, Side, Side)], 0).contiguous();

        var moved = Augmenter.Apply(batch, AugmentationOptions.None with { Elastic = Share }, 3) - batch;

        // One part in a hundred of slack for the float of the sampling grid.
        Assert.InRange(moved.abs().max().item<float>(), 0.01f, (float)Share * 1.01f);
        Assert.True(moved.std().item<float>() > 0.003f);

        // A field over five points is smooth: neighbours differ by far less than the displacement.
        Assert.True((moved.narrow(3, 1, Side - 1) - moved.narrow(3, 0, Side - 1)).abs().max().item<float>() < 0.02f);
    }

    [Fact]
    public void Loss_of_resolution_removes_fine_stripes_and_keeps_the_mean()
    {
        using var scope = NewDisposeScope();
        var stripes = (arange(64) % 2).to_type(ScalarType.Float32).reshape(1, 1, 1, 64).expand(20, 1, 64, 64).contiguous();

        var lost = Augmenter.Apply(stripes, AugmentationOptions.None with { MinimumResolution = 0.25 }, 1);

        var contrast = lost.std([1, 2, 3]);
        Assert.True((contrast < 0.2f).any().item<bool>());

        // About half of the slices keep their resolution.
        Assert.InRange((contrast > 0.49f).sum().item<long>(), 3, 17);

        // Windows of fractional width do not weigh all pixels alike.
        Assert.InRange((lost.mean([1, 2, 3]) - 0.5f).abs().max().item<float>(), 0, 0.03f);
    }

    // What runs before these effects existed drew must not change: a checkpoint of such a run goes on with the same slices.
    [Fact]
    public void Settings_without_the_new_effects_draw_what_they_always_drew()
    {
        using var scope = NewDisposeScope();
        var before = JsonNode.Parse(new AugmentationOptions().ToJson())!.AsObject();
        Assert.True(before.Remove("elastic") && before.Remove("minimumResolution"));
        var options = AugmentationOptions.FromJson(before.ToJsonString());
        Assert.Equal(new AugmentationOptions(), options);
        var batch = (arange(2 * 24 * 24) % 97).to_type(ScalarType.Float32).reshape(2, 1, 24, 24) / 97;

        var changed = Augmenter.Apply(batch, options, 11);

        // Means and two pixels as computed by the code before; other processors round the last bits differently.
        float[] expected = [0.43224606f, 0.5331288f, 0.5916718f, 0.47431597f];
        Assert.Equal(expected[0], changed[0].mean().item<float>(), 1e-4);
        Assert.Equal(expected[1], changed[1].mean().item<float>(), 1e-4);
        Assert.Equal(expected[2], changed[0, 0, 5, 7].item<float>(), 1e-4);
        Assert.Equal(expected[3], changed[1, 0, 20, 3].item<float>(), 1e-4);
    }

    [Fact]
    public void Options_are_read_alone_or_from_training_options()
    {
        var options = new AugmentationOptions { Elastic = 0.05, MinimumResolution = 0.5 };

        Assert.Equal(options, AugmentationOptions.FromJson(options.ToJson()));
        Assert.Equal(options, AugmentationOptions.FromJson(new TrainingOptions { Augmentation = options }.ToJson()));
        Assert.Throws<TrainingException>(() => AugmentationOptions.FromJson("{\"elastik\": 1}"));
        Assert.Throws<TrainingException>(() => AugmentationOptions.FromJson("{\"elastic\": 1}"));
        Assert.Throws<TrainingException>(() => AugmentationOptions.FromJson("no json"));
    }

    [Fact]
    public void Fourfold_set_holds_each_slice_and_three_variants_fixed_by_the_seed()
    {
        var dataset = Dataset();
        int[] train = [1, 4, 6];

        var expanded = ExpandedSlices.Create(dataset, train, new AugmentationOptions(), seed: 5);

        Assert.Equal(12, expanded.Count);
        Assert.Equal([1, 1, 1, 1, 4, 4, 4, 4, 6, 6, 6, 6], Enumerable.Range(0, 12).Select(expanded.SliceOf));
        Assert.Equal(dataset.Gather([4]), expanded.Gather([4]));
        var planes = Enumerable.Range(0, 12).Select(i => Hash(expanded.Gather([i]))).ToArray();
        Assert.Equal(12, planes.Distinct().Count());

        // The variants of a slice depend on neither the other slices nor the order of reading.
        var alone = ExpandedSlices.Create(dataset, [4], new AugmentationOptions(), seed: 5);
        Assert.Equal(planes[4..8], Enumerable.Range(0, 4).Select(i => Hash(alone.Gather([i]))));
        Assert.Equal([.. expanded.Gather([7]), .. expanded.Gather([2])], expanded.Gather([7, 2]));
        Assert.NotEqual(planes[5], Hash(ExpandedSlices.Create(dataset, [4], new AugmentationOptions(), seed: 6).Gather([1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => expanded.SliceOf(12));
    }

    [Fact]
    public void Contact_sheet_has_a_row_for_each_slice_and_a_column_for_each_effect_that_is_on()
    {
        var dataset = Dataset();
        var (path, again) = (_folder.File("sheet.png"), _folder.File("again.png"));

        ContactSheet.Save(path, dataset, [0, 1], AugmentationOptions.None with { RotationDegrees = 20, Elastic = 0.1 }, 1);
        ContactSheet.Save(again, dataset, [0, 1], AugmentationOptions.None with { RotationDegrees = 20, Elastic = 0.1 }, 1);

        // The slice, two effects and three times both together, 24 pixels wide and 4 apart.
        var sheet = CtImage.Load(path);
        Assert.Equal(4 + (6 * 28), sheet.Width);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
    }

    private static string Hash(float[] plane) => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(plane)));

    private SliceDataset Dataset()
    {
        SyntheticSlices.Write(_folder, 4);
        return SliceDataset.Load(SliceManifest.Load(_folder.Root), new CtPreprocessing { Width = 24, Height = 24 });
    }
}
