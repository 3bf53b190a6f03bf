using System.Globalization;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>Two models against each other.</summary>
internal static class ComparisonSection
{
    public static string Write(ReportContent content)
    {
        if (content.Comparison is not { } comparison)
        {
            return string.Empty;
        }

        string first = content.Results[0].Table.Name;
        string second = content.Results[1].Table.Name;
        string level = string.Create(CultureInfo.InvariantCulture, $"{content.Settings.Level * 100:0.##} % interval");
        string table = Html.Table(
            $"Thresholds: {Html.Number(content.Results[0].Threshold, "0.####")} and {Html.Number(content.Results[1].Threshold, "0.####")}.",
            ["Figure", first, second, "Difference", level, "p", "Method"],
            comparison.Rows.Select(row => (IReadOnlyList<string>)
            [
                Html.Encode(row.Name),
                Html.Number(row.Result.First),
                Html.Number(row.Result.Second),
                Html.Number(row.Result.Difference.Estimate, "+0.000;-0.000;0.000"),
                Html.Limits(row.Result.Difference),
                Html.PValue(row.Result.PValue),
                $"<span class=\"small\">{Html.Encode(row.Result.Method)}</span>",
            ]));
        return Html.Section(
            "comparison",
            "Comparison",
            $"<p>{Html.Encode(first)} minus {Html.Encode(second)}, {Html.Encode(comparison.Pairing)}. An interval that holds 0 is compatible with no difference; it does not prove that there is none. The p values are two-sided and not corrected for their number.</p>{table}");
    }
}
