using System.Globalization;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Classify.Tests;

/// <summary>RFC 4180, every digit, whole or not at all.</summary>
public sealed class CsvReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static readonly CtPrediction Prediction = new()
    {
        Probability = 1 / 3.0,
        Logit = -1e-7,
        Label = new CtLabel(true, "COVID"),
        Threshold = 0.1,
        ModelVersion = "1",
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_are_quoted_and_numbers_come_back_exactly()
    {
        var path = Path.Combine(_folder.Path, "out.csv");
        using (var report = new CsvReport(path))
        {
            report.Add("plain.png", Prediction);
            report.Add("a,b \"c\"\n.png", Prediction);
            report.Complete();
        }

        var row = "0.3333333333333333,-1E-07,COVID,0.1\r\n";
        Assert.Equal(
            $"path,probability,logit,label,threshold\r\nplain.png,{row}\"a,b \"\"c\"\"\n.png\",{row}",
            File.ReadAllText(path));
        Assert.Equal(Prediction.Probability, double.Parse("0.3333333333333333", CultureInfo.InvariantCulture));
        Assert.Equal(["out.csv"], _folder.Entries());
    }

    [Fact]
    public void Incomplete_report_leaves_the_old_one_and_no_scrap()
    {
        var path = _folder.Write("out.csv", "old"u8.ToArray());
        using (var report = new CsvReport(path))
        {
            report.Add("a", Prediction);
        }

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["out.csv"], _folder.Entries());
    }
}
