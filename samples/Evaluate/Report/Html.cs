using System.Globalization;
using System.Net;
using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>Text, numbers and tables as HTML.</summary>
internal static class Html
{
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    public static string Number(double value, string format = "0.000")
    {
        if (double.IsNaN(value))
        {
            return "<span class=\"none\">not defined</span>";
        }

        return double.IsInfinity(value) ? (value > 0 ? "∞" : "-∞") : value.ToString(format, CultureInfo.InvariantCulture);
    }

    public static string Limits(Interval interval) => double.IsNaN(interval.Lower) || double.IsNaN(interval.Upper)
        ? "<span class=\"none\">none</span>"
        : $"{Number(interval.Lower)} to {Number(interval.Upper)}";

    public static string PValue(double p) => double.IsNaN(p)
        ? "<span class=\"none\">-</span>"
        : p < 0.001 ? "&lt; 0.001" : p.ToString("0.000", CultureInfo.InvariantCulture);

    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double share, string format = "0.#") =>
        double.IsNaN(share) ? Number(share) : (share * 100).ToString(format, CultureInfo.InvariantCulture) + " %";

    /// <summary>A table whose rows become cards on narrow screens, unless it is small enough to stay one. Cells are HTML.</summary>
    public static string Table(string caption, IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, bool isSmall = false)
    {
        string body = string.Concat(rows.Select(row =>
            $"<tr><th scope=\"row\">{row[0]}</th>{string.Concat(row.Skip(1).Select((cell, i) => $"<td data-label=\"{Encode(head[i + 1])}\">{cell}</td>"))}</tr>\n"));
        return $"""
            <div class="scroll{(isSmall ? " small-table" : string.Empty)}"><table><caption>{caption}</caption>
            <thead><tr>{string.Concat(head.Select(cell => $"<th scope=\"col\">{Encode(cell)}</th>"))}</tr></thead>
            <tbody>
            {body}</tbody></table></div>

            """;
    }

    public static string Section(string id, string title, string body) => $"""
        <section id="{id}"><h2>{Encode(title)}</h2>
        {body}
        </section>

        """;
}
