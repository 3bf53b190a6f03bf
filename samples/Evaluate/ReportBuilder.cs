using CovidCtNet.Lib.Inference;
using CovidCtNet.Samples.Evaluate.Audit;
using CovidCtNet.Samples.Evaluate.Figures;
using CovidCtNet.Samples.Evaluate.Output;
using CovidCtNet.Samples.Evaluate.Plots;
using CovidCtNet.Samples.Evaluate.Report;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Evaluate;

/// <summary>From tables of scores to the files of a report.</summary>
internal static class ReportBuilder
{
    /// <param name="tables">One table, or two to compare; each with its settings.</param>
    /// <param name="draw">Draws a case of the first table, if possible with the model's attention; null if it cannot.</param>
    /// <param name="contract">The model's own record; null where only scores were given.</param>
    /// <param name="isDemo">True for generated scores.</param>
    /// <param name="progress">Told the share of the work done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static ReportContent Build(
        IReadOnlyList<(ScoreTable Table, EvaluateSettings Settings)> tables,
        Func<int, CasePicture?> draw,
        ModelContract? contract,
        bool isDemo,
        IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        List<EvaluationResult> results = [];
        foreach ((ScoreTable table, EvaluateSettings settings) in tables)
        {
            results.Add(Evaluator.Evaluate(table, settings, progress, cancellationToken));
        }

        EvaluationResult main = results[0];
        Plot?[] plots =
        [
            CurvePlots.Roc(results),
            CurvePlots.PrecisionRecall(results),
            DistributionPlots.Calibration(main),
            CurvePlots.Thresholds(main),
            DistributionPlots.Histogram(main),
            DistributionPlots.Confusion(main),
        ];
        return new ReportContent
        {
            Settings = tables[0].Settings,
            Results = results,
            Comparison = results.Count > 1 ? ModelComparer.Compare(main, results[1], tables[0].Settings, cancellationToken) : null,
            Audit = DataAudit.Check(main.Table, contract, cancellationToken),
            Plots = [.. plots.OfType<Plot>()],
            FalseAlarms = Mistakes.Worst(main, positives: false, draw),
            Misses = Mistakes.Worst(main, positives: true, draw),
            Contract = contract,
            Created = DateTimeOffset.Now,
            IsDemo = isDemo,
        };
    }

    public static void Write(ReportContent content, OutputFolder folder)
    {
        folder.Write("metrics.json", stream => MetricsJson.Write(content, stream));
        foreach ((EvaluationResult result, string suffix) in content.Results.Zip(["", "-second"]))
        {
            if (result.Roc is { } roc)
            {
                folder.Write($"roc{suffix}.csv", stream => CurveFiles.WriteRoc(roc, stream));
            }

            if (result.PrecisionRecall is { } curve)
            {
                folder.Write($"pr{suffix}.csv", stream => CurveFiles.WritePrecisionRecall(curve, stream));
            }
        }

        if (content.Contract is not null)
        {
            folder.Write("scores.csv", stream => ScoreFile.Write(content.Main.Table, stream, folder.FullPath));
        }

        foreach (Plot plot in content.Plots)
        {
            folder.Write($"{plot.FileName}.svg", PlotRenderer.ToSvg(plot));
            folder.Write($"{plot.FileName}.png", stream => PlotRenderer.WritePng(plot, stream));
        }

        folder.Write("report.html", HtmlReport.Write(content));
    }
}
