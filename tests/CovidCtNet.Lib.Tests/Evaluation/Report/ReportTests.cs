using System.Text.Json;
using System.Text.RegularExpressions;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate;
using CovidCtNet.Samples.Evaluate.Figures;
using CovidCtNet.Samples.Evaluate.Output;
using CovidCtNet.Samples.Evaluate.Report;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Lib.Tests.Evaluation.Report;

/// <summary>The report is whole, needs no network, and exists for any cases that can be read.</summary>
public sealed partial class ReportTests
{
    private static readonly EvaluateSettings Quick = new() { Replicates = 60 };

    public static TheoryData<string, string> Degenerate => new()
    {
        { "all positive", "label,score\n1,0.5\n1,0.7\n1,0.9\n" },
        { "all negative", "label,score\n0,0.5\n0,0.7\n" },
        { "one case", "label,score\n1,0.5\n" },
        { "one of each", "label,score\n1,0.5\n0,0.5\n" },
        { "constant", "label,score\n1,0.4\n0,0.4\n1,0.4\n0,0.4\n" },
        { "one group", "label,score,group\n1,0.4,a\n0,0.3,a\n1,0.2,a\n" },
        { "separated groups", "label,score,group\n1,0.9,a\n0,0.3,b\n1,0.8,c\n0,0.2,d\n" },
        { "logits", "label,score\n1,-5\n0,12\n1,3\n0,-30\n" },
    };

    [Theory]
    [MemberData(nameof(Degenerate))]
    public void Degenerate_cases_have_a_report_too(string name, string csv)
    {
        ReportContent content = Build((ScoreFile.Read(new StringReader(csv), $"{name}.csv"), Quick));
        string html = HtmlReport.Write(content);
        Assert.Contains("Confusion matrix", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        using var stream = new MemoryStream();
        MetricsJson.Write(content, stream);
        using var json = JsonDocument.Parse(stream.ToArray());
        Assert.Equal(content.Main.Table.Count, json.RootElement.GetProperty("models")[0].GetProperty("cases").GetInt32());
    }

    [Fact]
    public void All_files_are_written_whole_and_the_page_needs_nothing_else()
    {
        string folder = Directory.CreateTempSubdirectory("report").FullName;
        try
        {
            (ScoreTable first, ScoreTable second) = DemoScores.Make(1);
            ReportContent content = Build((first, Quick), (second, Quick));
            var output = new OutputFolder(folder);
            ReportBuilder.Write(content, output);
            string[] files = [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
            Assert.Equal(output.Written.Order(StringComparer.Ordinal), files);
            foreach (string name in new[] { "metrics.json", "roc.csv", "pr.csv", "roc.svg", "roc.png", "pr.svg", "calibration.png", "histogram.svg", "confusion.png", "thresholds.svg", "report.html" })
            {
                Assert.Contains(name, files);
            }

            string html = File.ReadAllText(Path.Combine(folder, "report.html"));
            string links = html.Replace("http://www.w3.org/2000/svg", string.Empty, StringComparison.Ordinal);
            Assert.DoesNotMatch("(?i)(src|href)\\s*=\\s*\"(?!#|data:)", links);
            Assert.DoesNotContain("http", links, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", html, StringComparison.Ordinal);

            // Every inner link has its target, and no target is named twice.
            string[] targets = [.. Id().Matches(html).Select(match => match.Groups[1].Value)];
            Assert.Equal(targets.Distinct(StringComparer.Ordinal).Count(), targets.Length);
            Assert.All(Link().Matches(html), match => Assert.Contains(match.Groups[1].Value, targets));

            string[] roc = File.ReadAllLines(Path.Combine(folder, "roc.csv"));
            Assert.Equal("threshold,false_positive_rate,true_positive_rate", roc[0]);
            Assert.Equal("inf,0,0", roc[1]);
            Assert.Equal(content.Main.Roc!.Count + 1, roc.Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Grouped_cases_have_the_wider_interval_and_show_the_naive_one_beside_it()
    {
        (ScoreTable table, _) = DemoScores.Make(2);
        EvaluationResult result = Build((table, Quick with { Replicates = 400 })).Main;
        FigureRow auc = result.Figures.Single(row => row.Definition.Key == FigureCatalog.AucKey);
        FigureRow sensitivity = result.Figures.Single(row => row.Definition.Key == "sensitivity");
        Assert.Equal(Auc.DeLongByGroup(table.Labels, table.Scores, table.Groups), auc.Value);
        Assert.True(auc.Value.Width > 1.3 * auc.IfIndependent!.Value.Width);
        Assert.True(sensitivity.Value.Width > 1.3 * sensitivity.IfIndependent!.Value.Width);
        Assert.Equal("Wilson", sensitivity.IfIndependent!.Value.Method);
    }

    [Fact]
    public void Text_from_files_cannot_become_markup()
    {
        const string Bad = "<script>alert(1)</script>";
        ReportContent content = Build((ScoreFile.Read(new StringReader($"label,score,group,path\n1,0.1,{Bad},{Bad}.png\n0,0.9,b,c.png\n"), $"{Bad}.csv"), Quick with { Title = Bad }));
        Assert.DoesNotContain("<script", HtmlReport.Write(content), StringComparison.Ordinal);
    }

    [Fact]
    public void Thresholds_and_calibration_come_from_the_validation_cases()
    {
        (ScoreTable validation, ScoreTable test) = DemoScores.Make(3);
        (ScoreTable table, EvaluateSettings settings) = Frozen.Fit(validation, test, CalibrationKind.Temperature, "youden", Quick);
        var temperature = TemperatureScaling.Fit(validation.Labels, validation.Scores);
        Assert.Equal(temperature.Calibrate(test.Scores), table.Scores);
        Assert.Equal(Thresholds.Youden(validation.Labels, temperature.Calibrate(validation.Scores)).Value, settings.Threshold);
        Assert.Contains("frozen", settings.ThresholdOrigin, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sensitivity=0.9", 0.9)]
    [InlineData("specificity=0.5", 0.5)]
    [InlineData("cost=5:1", 0)]
    [InlineData("Youden", 0)]
    public void Rules_are_understood(string rule, double least)
    {
        (ScoreTable table, _) = DemoScores.Make(4);
        DecisionThreshold chosen = ThresholdRule.Parse(rule)(table);
        Assert.True(Math.Max(chosen.Sensitivity, chosen.Specificity) >= least);
    }

    [Theory]
    [InlineData("best")]
    [InlineData("sensitivity=95")]
    [InlineData("sensitivity=")]
    [InlineData("cost=5")]
    [InlineData("cost=-1:2")]
    [InlineData("youden=1")]
    public void Other_rules_are_refused(string rule) => Assert.Throws<FormatException>(() => ThresholdRule.Parse(rule));

    [Fact]
    public void Cases_are_matched_by_path_whatever_their_order()
    {
        ScoreTable a = Read("label,score,path\n1,0.9,x\n0,0.2,y\n0,0.4,z\n");
        (ScoreTable? matched, _) = ModelComparer.Match(a, Read("label,score,path\n0,0.5,z\n1,0.7,x\n0,0.1,y\n"));
        Assert.Equal([0.7, 0.1, 0.5], matched!.Scores);
        Assert.Null(ModelComparer.Match(a, Read("label,score,path\n0,0.5,z\n1,0.7,x\n0,0.1,other\n")).Matched);
        Assert.Null(ModelComparer.Match(a, Read("label,score,path\n0,0.5,z\n0,0.7,x\n1,0.1,y\n")).Matched);
        Assert.Null(ModelComparer.Match(a, Read("label,score,path\n0,0.5,x\n1,0.7,x\n1,0.1,y\n")).Matched);
        Assert.Null(ModelComparer.Match(a, Read("label,score\n0,0.5\n1,0.7\n1,0.1\n")).Matched);
        Assert.NotNull(ModelComparer.Match(a, Read("label,score\n1,0.5\n0,0.7\n0,0.1\n")).Matched);
    }

    private static ScoreTable Read(string csv) => ScoreFile.Read(new StringReader(csv), "scores.csv");

    private static ReportContent Build(params (ScoreTable Table, EvaluateSettings Settings)[] tables) =>
        ReportBuilder.Build(tables, _ => null, null, false, null, TestContext.Current.CancellationToken);

    [GeneratedRegex(" id=\"([^\"]+)\"")]
    private static partial Regex Id();

    [GeneratedRegex("href=\"#([^\"]+)\"")]
    private static partial Regex Link();
}
