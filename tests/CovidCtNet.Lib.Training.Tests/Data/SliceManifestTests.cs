using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Tests.Shared;

namespace CovidCtNet.Lib.Training.Tests.Data;

public sealed class SliceManifestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Csv_with_quotes_and_commas_in_names_is_read_relative_to_itself()
    {
        SyntheticSlices.Write(_folder, 10);

        var manifest = SliceManifest.Load(_folder.Root);

        Assert.Equal(40, manifest.Slices.Count);
        Assert.All(manifest.Slices, s => Assert.True(File.Exists(s.Path)));
        Assert.Equal(20, manifest.Slices.Count(s => s.Positive));
        Assert.Equal(("COVID", "non-COVID"), (manifest.PositiveClass, manifest.NegativeClass));
        Assert.Equal(("g03", 1), (manifest.Slices[12].Group, manifest.Slices[12].Fold));
    }

    /// <summary>Found by the hostile-input campaign: the file system's own exception came through.</summary>
    [Fact]
    public void A_null_character_in_a_path_is_a_typed_error()
    {
        var file = _folder.File("null.csv");
        File.WriteAllText(file, "path,label\na\0b.png,COVID\nc.png,non-COVID\n");
        Assert.Contains("null character", Assert.Throws<DatasetException>(() => SliceManifest.FromCsv(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_with_sources_is_saved_and_read_back_from_another_folder()
    {
        SyntheticSlices.Write(_folder, 10);
        var manifest = SliceManifest.Load(_folder.Root);
        var changed = manifest.WithSlices([.. manifest.Slices.Select((s, i) => s with { Source = i % 2 == 0 ? "hospital, A" : null, Fold = i % 3 == 0 ? null : s.Fold })]);
        var file = _folder.File("other", "again.csv");

        changed.Save(file);

        Assert.Equal(changed.Slices, SliceManifest.FromCsv(file).Slices);
        Assert.Throws<ArgumentException>(() => manifest.WithSlices([.. manifest.Slices.Skip(1)]));
    }

    [Fact]
    public void Class_folders_are_read_without_groups()
    {
        File.Delete(SyntheticSlices.Write(_folder, 4));
        File.WriteAllText(_folder.File("COVID", "notes.txt"), "no image");

        var manifest = SliceManifest.Load(_folder.Root);

        Assert.Equal(16, manifest.Slices.Count);
        Assert.All(manifest.Slices, s => Assert.True(s.Group is null && s.Fold is null));
    }

    // A file that is dropped without a word makes a set smaller than its folders.
    [Fact]
    public void Class_folders_take_every_format_and_name_what_they_leave_out()
    {
        File.Delete(SyntheticSlices.Write(_folder, 4));
        foreach (var name in (string[])["a.tif", "b.DCM", "IM0001", "1.2.840.113", Path.Combine("scan", "c.tiff")])
        {
            File.WriteAllText(_folder.File("COVID", name), name);
        }

        foreach (var name in (string[])["notes.txt", "d.gif"])
        {
            File.WriteAllText(_folder.File("COVID", name), name);
        }

        File.WriteAllText(_folder.File("COVID", ".checkpoints", "e.png"), "hidden");
        File.WriteAllText(_folder.File(".git", "f.png"), "hidden");

        var manifest = SliceManifest.Load(_folder.Root);

        Assert.Equal(16 + 5, manifest.Slices.Count);
        Assert.Equal(["d.gif", "notes.txt"], manifest.LeftOut.Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("path,class\na.png,COVID", "'label'")]
    [InlineData("path,label\n,COVID", "line 2")]
    [InlineData("path,label,fold\na.png,COVID,x\nb.png,non-COVID,1", "'x'")]
    [InlineData("path,label\na.png,COVID\nb.png,COVID", "two classes")]
    [InlineData("path,label\na.png,yes\nb.png,no", "'COVID'")]
    [InlineData("path,label\na.png,COVID\nb.png,non-COVID\na.png,COVID", "more than once")]
    public void Broken_manifests_are_refused_with_file_and_reason(string text, string reason)
    {
        var file = _folder.File("broken.csv");
        File.WriteAllText(file, text);

        var e = Assert.Throws<DatasetException>(() => SliceManifest.FromCsv(file));

        Assert.Contains(file, e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_exist_is_refused() =>
        Assert.Throws<DatasetException>(() => SliceManifest.Load(Path.Combine(_folder.Root, "nothing")));

    [Fact]
    public void Real_manifest_has_whole_groups_in_five_folds()
    {
        var manifest = SliceManifest.Load(RealData.Require("sarscov2-ct"));

        var split = DataSplit.ByFold(manifest.Slices, 0, 1);

        Assert.False(split.IsLeaking);
        Assert.Equal(manifest.Slices.Count, split.Train.Count + split.Validation.Count + split.Test.Count);
    }
}
