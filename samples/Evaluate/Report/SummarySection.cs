using System.Globalization;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate.Figures;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>The figures that a reader looks for first.</summary>
internal static class SummarySection
{
    public static string Write(ReportContent content)
    {
        EvaluationResult main = content.Main;
        string cards = string.Concat(
            Card("AUC", main.Figure(FigureCatalog.AucKey)),
            Card("Sensitivity", main.Figure("sensitivity")),
            Card("Specificity", main.Figure("specificity")),
            main.Has("brier") ? Card("Brier score", main.Figure("brier")) : Card("Accuracy", main.Figure("accuracy")));
        int warnings = content.Audit.Count(note => note.IsWarning);
        string audit = warnings == 0
            ? "The data audit found nothing to warn of."
            : $"<b>The data audit has {warnings} {(warnings == 1 ? "warning" : "warnings")}:</b> {string.Join("; ", content.Audit.Where(note => note.IsWarning).Select(note => Html.Encode(note.Title)))}. <a href=\"#audit\">Read them</a> before you quote a figure.";
        return Html.Section("summary", "Summary", $"""
            <div class="cards">{cards}</div>
            <p>{Sentence(main)}</p>
            <p{(warnings == 0 ? string.Empty : " class=\"notice\"")}>{audit}</p>
            <p class="notice"><b>Research use only.</b> This is not a medical device. Figures from a test set do not carry over to other scanners, hospitals or times without a test there.</p>
            """);
    }

    private static string Card(string name, Interval interval)
    {
        string limits = double.IsNaN(interval.Lower)
            ? "no interval"
            : string.Create(CultureInfo.InvariantCulture, $"{interval.Level * 100:0.##} % CI {interval.Lower:0.000}-{interval.Upper:0.000}");
        return $"<div class=\"card\"><span class=\"name\">{name}</span><b>{Html.Number(interval.Estimate)}</b><span>{limits}</span><span>{Html.Encode(interval.Method)}</span></div>\n";
    }

    private static string Sentence(EvaluationResult result)
    {
        ConfusionMatrix c = result.Confusion;
        string groups = result.Table.HasGroups ? $" from {Html.Count(result.Table.GroupCount)} groups (patients or scans)" : string.Empty;
        return $"Of {Html.Count(c.Positives)} positive and {Html.Count(c.Negatives)} negative cases{groups}, the model missed {Html.Count(c.FalseNegatives)} positives and raised {Html.Count(c.FalsePositives)} false alarms at the threshold of {Html.Number(result.Threshold, "0.####")}.";
    }
}
