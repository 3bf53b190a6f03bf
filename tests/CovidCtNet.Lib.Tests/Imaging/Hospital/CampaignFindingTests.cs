using System.Text;
using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Explanation;
using CovidCtNet.Lib.Tests.Inference;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>What the hostile-input campaign found (benchmarks/Robustness), each with the file or change that showed it.</summary>
public class CampaignFindingTests
{
    /// <summary>Files of less than a kilobyte made LibTiff.NET take gigabytes: for values of an entry, and for strips, that are not there.</summary>
    [Theory]
    [InlineData("fuzz_tiff_entry_count")]
    [InlineData("fuzz_tiff_rows_without_strips")]
    public void Tiff_directories_cannot_ask_for_more_than_the_file_holds(string name)
    {
        var file = File.ReadAllBytes(Path.Combine(HospitalFiles.Folder, name));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<CtImageException>(() => CtImage.LoadAll(new MemoryStream(file)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
    }

    [Fact]
    public void Tiff_directories_that_lead_back_to_one_another_end()
    {
        var file = HospitalFiles.Bytes("pages16.tif");

        // The last four bytes of the first directory name the second: now they name the first.
        var first = BitConverter.ToInt32(file, 4);
        var next = first + 2 + (BitConverter.ToUInt16(file, first) * 12);
        BitConverter.GetBytes(first).CopyTo(file, next);
        Assert.Throws<CtImageCorruptException>(() => CtImage.LoadAll(new MemoryStream(file)));
    }

    /// <summary>The runtime's own exception came through where a graph loads and does not run.</summary>
    [Fact]
    public void A_graph_whose_sizes_disagree_only_when_it_runs_is_a_typed_error()
    {
        var graph = TestModels.ConvGraph(8, 1);
        var bytes = TestModels.Bytes(graph, TestModels.Contract(graph, 8));

        // The attribute kernel_shape 3 x 3 becomes 3 x 2, as a flipped bit had it.
        var name = bytes.AsSpan().IndexOf("kernel_shape"u8);
        Assert.SkipWhen(name < 0, "The builder writes no kernel shape.");
        var at = bytes.AsSpan(name).IndexOf((ReadOnlySpan<byte>)[3, 3]);
        var separate = bytes.AsSpan(name).IndexOf((ReadOnlySpan<byte>)[3, 0x40, 3]);
        bytes[name + (at >= 0 ? at + 1 : separate + 2)] = 2;
        Assert.ThrowsAny<CovidCtModelException>(() =>
        {
            using var model = TestModels.Load(bytes);
            model.Predict(CtPhantom.Create(1).Image);
        });
    }

    /// <summary>JSON that parses may hold text that is no Unicode; it shows when the text is read.</summary>
    [Fact]
    public void Annotations_with_invalid_unicode_are_a_typed_error()
    {
        var mask = new bool[200];
        mask.AsSpan(45, 8).Fill(true);
        mask.AsSpan(65, 8).Fill(true);
        using var file = new TemporaryFile();
        var path = file["annotation.json"];
        var annotation = InfectionAnnotation.FromMask(mask, 20, 10, "opacity");
        foreach (var (write, read) in new (Action, Action)[]
        {
            (() => LabelMeFile.Write(path, annotation), () => LabelMeFile.Read(path)),
            (() => CocoFile.Write(path, [annotation]), () => CocoFile.Read(path)),
        })
        {
            write();
            var bytes = File.ReadAllBytes(path);
            bytes[bytes.AsSpan().IndexOf("opacity"u8) + 2] = 0xFF;
            File.WriteAllBytes(path, bytes);
            Assert.Throws<AnnotationException>(read);
            write();
            File.WriteAllText(path, File.ReadAllText(path, Encoding.UTF8).Replace("opacity", "\\ud800", StringComparison.Ordinal));
            Assert.Throws<AnnotationException>(read);
        }
    }
}
