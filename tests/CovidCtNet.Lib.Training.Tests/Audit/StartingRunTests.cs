using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Tests.Data;

namespace CovidCtNet.Lib.Training.Tests.Audit;

/// <summary>A slice that a run was trained on is known wherever its file stands now; another of the same name is not.</summary>
public sealed class StartingRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Slices_are_known_in_their_place_behind_a_link_as_copies_and_by_their_group()
    {
        var (slices, split) = Run("data");
        var trained = split.Train.Select(i => slices[i].Path).ToHashSet();
        var (link, copies) = (_folder.File("link"), Directory.CreateDirectory(_folder.File("copies")).FullName);
        Directory.CreateSymbolicLink(link, _folder.File("data"));
        SliceRecord[] linked = [.. slices.Select(s => s with { Path = Moved(s.Path, link) })];
        SliceRecord[] copied = [.. slices.Select((s, i) => s with { Path = Path.Combine(copies, $"{i}.png"), Group = $"other {s.Group}" })];
        foreach (var (from, to) in slices.Zip(copied))
        {
            File.Copy(from.Path, to.Path);
        }

        Assert.Equal(split.Train.Order(), Known(slices));
        Assert.Equal(split.Train.Order(), Known(linked));
        Assert.Equal(split.Train.Order(), Known(copied));

        // One slice of a group that was trained on gives the others of its group away.
        SliceRecord[] joined = [.. copied.Select(s => trained.Contains(slices[Array.IndexOf(copied, s)].Path) ? s : s with { Group = copied[split.Train[0]].Group })];
        Assert.Equal(slices.Count, Known(joined).Length);

        int[] Known(IReadOnlyList<SliceRecord> all) => [.. StartingRun.SlicesKnownTo(_folder.File("run", "model.onnx"), all, all)!.Select(s => all.ToList().IndexOf(s)).Order()];
    }

    [Fact]
    public void Slices_that_are_gone_are_known_by_name_label_and_group_and_slices_of_other_pictures_are_not()
    {
        var (slices, split) = Run("data");

        // The same names and groups with other pictures: another data set, as long as the first is there to tell.
        SliceRecord[] others = [.. slices.Select(s => s with { Path = Moved(s.Path, _folder.File("others")) })];
        foreach (var (slice, i) in others.Select((s, i) => (s, i)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(slice.Path)!);
            SyntheticSlices.Create(slice.Positive, 1000 + i).SavePng(slice.Path);
        }

        Assert.Empty(StartingRun.SlicesKnownTo(_folder.File("run"), others, others)!);
        Directory.Move(_folder.File("data"), _folder.File("elsewhere"));
        Assert.Equal(split.Train.Select(i => others[i]).ToHashSet(), StartingRun.SlicesKnownTo(_folder.File("run"), others, others)!.ToHashSet());
        SliceRecord[] regrouped = [.. others.Select(s => s with { Group = "a" + s.Group })];
        Assert.Empty(StartingRun.SlicesKnownTo(_folder.File("run"), regrouped, regrouped)!);
    }

    [Fact]
    public void Nothing_is_known_of_a_model_without_a_split_beside_it()
    {
        var (slices, _) = Run("data");
        File.Move(_folder.File("run", "model.onnx"), _folder.File("elsewhere", "model.onnx"));

        Assert.Null(StartingRun.SlicesKnownTo(_folder.File("elsewhere", "model.onnx"), slices, slices));
    }

    private string Moved(string path, string root) => Path.Combine(root, Path.GetRelativePath(_folder.File("data"), path));

    // A run as far as the check looks at it: a model and the split beside it.
    private (IReadOnlyList<SliceRecord> Slices, DataSplit Split) Run(string data)
    {
        SyntheticSlices.Write(_folder, 20);
        Directory.CreateDirectory(_folder.File(data));
        foreach (var part in (string[])["COVID", "non-COVID", "manifest.csv"])
        {
            Directory.Move(_folder.File(part), _folder.File(data, part));
        }

        var slices = SliceManifest.Load(_folder.File(data, "manifest.csv")).Slices;
        var split = DataSplit.ByFold(slices, 0, 1);
        File.WriteAllText(_folder.File("run", "model.onnx"), "weights");
        split.Save(_folder.File("run", "split.csv"), slices);
        return (slices, split);
    }
}
