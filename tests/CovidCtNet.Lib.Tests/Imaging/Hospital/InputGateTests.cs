using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Tests.Shared;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>The gate lets chest-CT slices through and names what is wrong with other pictures.</summary>
public class InputGateTests
{
    private const string UpsideDown = "maybe-upside-down";

    [Fact]
    public void Phantoms_of_a_chest_are_not_refused()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var gate = CtInputGate.Check(CtPhantom.Create(seed, new CtPhantomOptions { Opacities = seed % 4 }).Image);
            Assert.True(gate.Verdict != CtGateVerdict.Refused, $"Phantom {seed}: {string.Join(' ', gate.Reasons)}");
        }
    }

    [Theory]
    [InlineData("constant", "no-contrast")]
    [InlineData("noise", "no-anatomy")]
    [InlineData("disc", "no-lung")]
    [InlineData("inverted", "dark-middle")]
    [InlineData("mediastinal", "black-lung")]
    public void Other_pictures_are_refused_with_their_reason(string kind, string code)
    {
        var phantom = CtPhantom.Create(2).Image;
        var noise = new byte[10_000];
        new Random(4).NextBytes(noise);
        var window = kind == "mediastinal" ? CtWindow.Mediastinum : CtWindow.Lung;
        var pixels = new byte[phantom.Width * phantom.Height];
        var intensity = new float[pixels.Length];
        phantom.CopyIntensityTo(intensity, window);
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = ((i % phantom.Width) - (phantom.Width / 2.0), (i / phantom.Width) - (phantom.Height / 2.0));
            pixels[i] = kind switch
            {
                "constant" => 128,
                "noise" => noise[(i / phantom.Width / 6 * 100) + (i % phantom.Width / 6)],
                "disc" => (byte)((x * x) + (y * y) < phantom.Width * phantom.Width / 9.0 ? 200 : 0),
                "inverted" => (byte)(255 - (intensity[i] * 255)),
                _ => (byte)(intensity[i] * 255),
            };
        }

        var gate = CtInputGate.Check(CtImage.FromGray8(pixels, phantom.Width, phantom.Height));
        Assert.Equal(CtGateVerdict.Refused, gate.Verdict);
        Assert.Contains(gate.Reasons, r => r.Code == code && r.Refuses);
    }

    [Fact]
    public void Less_than_one_in_a_hundred_published_slices_is_refused()
    {
        var files = Directory.GetFiles(RealData.Require("sarscov2-ct"), "*.png", SearchOption.AllDirectories);
        var refused = files.AsParallel().Count(f => CtInputGate.Check(CtImage.Load(f)).Verdict == CtGateVerdict.Refused);
        Assert.InRange((double)refused / files.Length, 0, 0.01);
    }

    /// <summary>The phantom's spine lies at the back; its lungs have no gradient and there is no table.</summary>
    [Fact]
    public void Phantoms_upside_down_are_warned_about_and_upright_ones_are_not()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var phantom = CtPhantom.Create(seed).Image;
            Assert.DoesNotContain(CtInputGate.Check(phantom).Reasons, r => r.Code == UpsideDown);
            var gate = CtInputGate.Check(Flipped(phantom));
            Assert.Contains(gate.Reasons, r => r.Code == UpsideDown && !r.Refuses);
            Assert.Equal(CtGateVerdict.AcceptedWithWarnings, gate.Verdict);
        }
    }

    /// <summary>Limits and weights come from one half of the scan groups; this is the other.</summary>
    [Fact]
    public void Published_slices_of_the_unseen_half_are_warned_about_where_they_lie_upside_down()
    {
        // The groups that are one patient by the audit are one group here.
        var patients = new Dictionary<string, string> { ["c05"] = "c04", ["n13"] = "n12", ["n14"] = "n12", ["n26"] = "n25", ["n27"] = "n25", ["c11"] = "c00" };
        var list = RealData.Require("sarscov2-ct/groups.csv");
        var slices = File.ReadAllLines(list).Skip(1).Select(l => l.Split(',')).Select(l => (Path: l[0], Label: l[1], Group: patients.GetValueOrDefault(l[2], l[2]))).ToArray();
        var unseen = slices.Select(s => (s.Label, s.Group)).Distinct().GroupBy(s => s.Label)
            .SelectMany(c => c.Select(s => s.Group).Order(StringComparer.Ordinal).Where((_, i) => i % 2 == 1)).ToHashSet();
        var results = slices.Where(s => unseen.Contains(s.Group)).AsParallel().Select(s =>
        {
            var image = CtImage.Load(Path.Combine(Path.GetDirectoryName(list)!, s.Path));
            return (Upright: Warned(image), Turned: Warned(Flipped(image)));
        }).ToArray();
        Assert.InRange((double)results.Count(r => r.Upright) / results.Length, 0, 0.02);
        Assert.InRange((double)results.Count(r => r.Turned) / results.Length, 0.97, 1);

        static bool Warned(CtImage image) => CtInputGate.Check(image).Reasons.Any(r => r.Code == UpsideDown);
    }

    [Theory]
    [InlineData("pydicom-data__693_UNCR.dcm")]
    [InlineData("fo-dicom__CT-MONO2-16-ankle")]
    [InlineData("fo-dicom__GH342.dcm")]
    [InlineData("fo-dicom__GH1308.dcm")]
    public void Head_ankle_spine_and_localiser_are_refused(string name)
        => Assert.Equal(CtGateVerdict.Refused, CtInputGate.Check(CtImage.Load(RealData.Require("dicom/" + name))).Verdict);

    [Fact]
    public async Task Files_are_warned_about_or_refused_as_the_options_say()
    {
        using var folder = new StudyFolder();
        var chest = folder.Add("chest", "1.2.3", 0);
        var flat = folder.Add("flat", "1.2.3", 1, pixels: new byte[96 * 80 * 2]);
        foreach (var mode in Enum.GetValues<CtGateMode>())
        {
            using var model = CovidCtModel.LoadDefault(new CovidCtModelOptions { Gate = mode });
            var results = await model.PredictFilesAsync([chest, flat]).ToListAsync();
            Assert.True(results[0].IsSuccess);
            Assert.Equal(mode == CtGateMode.Enforce, !results[1].IsSuccess);
            Assert.Equal(mode == CtGateMode.Off ? null : CtGateVerdict.Refused, results[1].Gate?.Verdict);
            if (mode == CtGateMode.Enforce)
            {
                Assert.Contains("input gate", Assert.IsType<CtImageRefusedException>(results[1].Error).Message, StringComparison.Ordinal);
            }
        }
    }

    private static CtImage Flipped(CtImage image)
    {
        var intensity = new float[image.Width * image.Height];
        image.CopyIntensityTo(intensity);
        return CtImage.FromGray8([.. intensity.Chunk(image.Width).Reverse().SelectMany(row => row).Select(v => (byte)(v * 255))], image.Width, image.Height);
    }
}
