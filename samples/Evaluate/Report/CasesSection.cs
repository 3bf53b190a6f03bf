using System.Globalization;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>What was evaluated, and what is wrong with it.</summary>
internal static class CasesSection
{
    public static string Write(ReportContent content)
    {
        IEnumerable<IReadOnlyList<string>> rows = content.Results.Select(result =>
        {
            ScoreTable table = result.Table;
            return (IReadOnlyList<string>)
            [
                $"{Html.Encode(table.Name)}<small>{Html.Encode(Path.GetFileName(table.Source))}</small>",
                Html.Count(table.Count),
                $"{Html.Count(table.Positives)} ({Html.Percent((double)table.Positives / table.Count)})",
                Html.Count(table.Negatives),
                table.HasGroups ? GroupSizes(table) : "not given",
                table.LeftOut.Count == 0 ? "none" : Html.Count(table.LeftOut.Count),
            ];
        });
        return Html.Section(
            "cases",
            "Cases",
            Html.Table("A wrong line in a file stops the run; pictures that cannot be read are left out and listed in the data audit.", ["Set", "Cases", "Positive", "Negative", "Groups", "Left out"], rows));
    }

    public static string WriteAudit(ReportContent content)
    {
        if (content.Audit.Count == 0)
        {
            return Html.Section("audit", "Data audit", "<p>Nothing was found.</p>");
        }

        string items = string.Concat(content.Audit
            .OrderByDescending(note => note.IsWarning)
            .Select(note => $"<li{(note.IsWarning ? " class=\"warning\"" : string.Empty)}><b>{(note.IsWarning ? "Warning: " : "Note: ")}{Html.Encode(note.Title)}.</b> {Html.Encode(note.Text)}</li>\n"));
        return Html.Section("audit", "Data audit", $"<p>Checked: balance of classes, groups, scores{(content.Main.Table.Paths.Length > 0 ? ", copies and formats of the pictures" : string.Empty)}. What a program cannot see, such as cases that the model was trained on, is not checked.</p><ul class=\"audit\">{items}</ul>");
    }

    private static string GroupSizes(ScoreTable table)
    {
        int[] sizes = [.. table.Groups.CountBy(group => group, StringComparer.Ordinal).Select(pair => pair.Value).Order()];
        double median = (sizes[(sizes.Length - 1) / 2] + sizes[sizes.Length / 2]) / 2.0;
        return string.Create(CultureInfo.InvariantCulture, $"{sizes.Length:N0}, of {sizes[0]} to {sizes[^1]} cases (median {median:0.#})");
    }
}
