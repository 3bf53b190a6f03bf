using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Tests.Shared;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>The gate lets chest-CT slices through and names what is wrong with other pictures.</summary>
public class InputGateTests
{
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
}
