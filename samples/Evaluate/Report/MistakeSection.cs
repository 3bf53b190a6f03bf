using CovidCtNet.Samples.Evaluate.Figures;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>The wrong calls that the model was surest of, with the model's attention where there is a model.</summary>
internal static class MistakeSection
{
    public static string Write(ReportContent content)
    {
        EvaluationResult main = content.Main;
        if (content.FalseAlarms.Count + content.Misses.Count == 0)
        {
            return Html.Section("mistakes", "Worst mistakes", "<p>There is no wrong call at this threshold.</p>");
        }

        string limit = main.Table.HasGroups ? ", at most two from each group" : string.Empty;
        string? method = content.FalseAlarms.Concat(content.Misses).Select(mistake => mistake.Picture?.Attention).FirstOrDefault(name => name is not null);
        string attention = method is not null
            ? $"The colours show model attention ({Html.Encode(method)}): which parts of the slice the score depends on most. They do not mark disease."
            : main.Table.Paths.Length == 0
                ? "There are no pictures: only scores were given, without paths."
                : "The pictures show the slices alone, without model attention.";
        return Html.Section("mistakes", "Worst mistakes", $"""
            <p>The wrong calls that lie farthest from the threshold{limit}. {attention}</p>
            <h3>False alarms (negative cases, called positive)</h3>
            {Gallery(main, content.FalseAlarms)}
            <h3>Misses (positive cases, called negative)</h3>
            {Gallery(main, content.Misses)}
            """);
    }

    private static string Gallery(EvaluationResult result, IReadOnlyList<Mistake> mistakes)
    {
        if (mistakes.Count == 0)
        {
            return "<p>None.</p>";
        }

        string figures = string.Concat(mistakes.Select(mistake =>
        {
            var table = result.Table;
            string name = table.Paths.Length > 0 ? Path.GetFileName(table.Paths[mistake.Case]) : $"case {mistake.Case + 1}";
            string group = table.HasGroups ? $"<br>{Html.Encode(table.Groups[mistake.Case])}" : string.Empty;
            string picture = mistake.Picture is { } drawn
                ? $"<img alt=\"{Html.Encode(name)}{(drawn.ShowsAttention ? " with model attention" : string.Empty)}\" src=\"data:image/png;base64,{Convert.ToBase64String(drawn.Png)}\">"
                : string.Empty;
            return $"<figure>{picture}<figcaption><b>{Html.Number(table.Scores[mistake.Case])}</b><br>{Html.Encode(name)}{group}</figcaption></figure>\n";
        }));
        return $"<div class=\"gallery\">\n{figures}</div>";
    }
}
