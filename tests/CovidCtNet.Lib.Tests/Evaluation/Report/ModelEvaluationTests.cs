using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Samples.Evaluate;
using CovidCtNet.Samples.Evaluate.Audit;
using CovidCtNet.Samples.Evaluate.Report;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Lib.Tests.Evaluation.Report;

/// <summary>A folder of pictures and a model become a report: scores, left-out files, audit and contract.</summary>
public sealed class ModelEvaluationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("evaluate").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Class_folders_are_scored_and_broken_files_are_left_out_by_name()
    {
        // The model's logit is 4 m - 1 at temperature 2: bright slices score sigmoid(1.5), dark ones sigmoid(-0.5).
        Save("COVID/bright.png", 255);
        Save("COVID/dark.png", 0);
        Save("non-COVID/dark.png", 1);
        await File.WriteAllTextAsync(Path.Combine(_folder, "non-COVID", "broken.png"), "no picture", Cancel);
        using CovidCtModel model = TestModels.LoadMean();
        var cases = CaseList.Read(_folder, model.Contract.Classes, null);
        ScoreTable table = await ModelScorer.ScoreAsync(model, cases, new Progress<double>(), Cancel);
        Assert.Equal([false, true, true], table.Labels);
        Assert.Equal(1 / (1 + Math.Exp(-1.5)), table.Scores[1], 6);
        Assert.Equal(1 / (1 + Math.Exp(0.5)), table.Scores[2], 6);
        Assert.StartsWith("broken.png", Assert.Single(table.LeftOut), StringComparison.Ordinal);

        var settings = new EvaluateSettings { Replicates = 30, Threshold = model.Contract.Threshold };
        ReportContent content = ReportBuilder.Build([(table, settings)], i => SlicePictures.Plain(table.Paths[i]), model.Contract, false, null, Cancel);
        string html = HtmlReport.Write(content);
        Assert.Contains(model.Contract.WeightsSha256, html, StringComparison.Ordinal);
        Assert.Contains("1 pictures could not be scored", html, StringComparison.Ordinal);
        Assert.Equal("dark.png", Path.GetFileName(table.Paths[Assert.Single(content.Misses).Case]));
        Assert.Contains("data:image/png;base64,", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_show_attention_and_unreadable_files_none()
    {
        string path = Save("slice.png", 90);
        using CovidCtModel model = TestModels.LoadConv(side: 16, layers: 2);
        CasePicture? shown = SlicePictures.WithAttention(model, path, AttentionMethod.GradCam, Cancel);
        Assert.Equal("GradCam", shown!.Attention);

        // The network has no attention modules: the slice alone is better than no picture.
        CasePicture? alone = SlicePictures.WithAttention(model, path, AttentionMethod.AttentionMask, Cancel);
        Assert.False(alone!.ShowsAttention);
        Assert.Equal(SlicePictures.Plain(path)!.Png, alone.Png);
        Assert.Null(SlicePictures.WithAttention(model, Raw("broken.png", 1), AttentionMethod.GradCam, Cancel));
    }

    [Fact]
    public void Lists_give_groups_and_can_be_filtered()
    {
        File.WriteAllText(Path.Combine(_folder, "groups.csv"), "path,label,group,fold\na.png,COVID,s1,0\nb.png,non-COVID,s2,1\n");
        var cases = CaseList.Read(_folder, ["non-COVID", "COVID"], CsvFilter.Parse("fold=1"));
        Assert.Equal(Path.Combine(_folder, "b.png"), Assert.Single(cases.Paths));
        Assert.Equal(["s2"], cases.Groups);
        Assert.Equal([false], cases.Labels);
    }

    [Fact]
    public void Folders_without_the_classes_are_refused()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "COVID"));
        ScoreFileException fault = Assert.Throws<ScoreFileException>(() => CaseList.Read(_folder, ["non-COVID", "COVID"], null));
        Assert.Contains("'non-COVID'", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ScoreFileException>(() => CaseList.Read(Path.Combine(_folder, "nowhere"), ["non-COVID", "COVID"], null));
    }

    [Fact]
    public void The_audit_finds_copies_and_formats_that_give_the_label_away()
    {
        string[] positives = [.. Enumerable.Range(0, 4).Select(i => Save($"COVID/p{i}.png", (byte)(10 * i)))];
        string[] negatives = [.. Enumerable.Range(0, 4).Select(i => Raw($"non-COVID/n{i}.jpg", (byte)i))];
        File.Copy(positives[0], positives[1], overwrite: true);
        var table = new ScoreTable("t", "t", [.. positives.Select(_ => true), .. negatives.Select(_ => false)], [.. Enumerable.Range(0, 8).Select(i => i / 8.0)], [], [.. positives, .. negatives]);
        IReadOnlyList<AuditNote> notes = DataAudit.Check(table, null, Cancel);
        Assert.Contains(notes, note => note.IsWarning && note.Title.StartsWith("2 files are byte-for-byte copies", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.IsWarning && note.Title.Contains("100", StringComparison.Ordinal) && note.Title.Contains("file format", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Title == "No groups are given");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Save(string name, byte gray)
    {
        string path = Prepare(name);
        CtImage.FromGray8(Enumerable.Repeat(gray, 64).ToArray(), 8, 8).SavePng(path);
        return path;
    }

    private string Raw(string name, byte mark)
    {
        string path = Prepare(name);
        File.WriteAllBytes(path, [0xFF, 0xD8, mark]);
        return path;
    }

    private string Prepare(string name)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
