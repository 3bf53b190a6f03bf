using System.Globalization;
using System.Reflection;
using System.Text;
using CovidCtNet.Samples.Evaluate.Figures;
using CovidCtNet.Samples.Evaluate.Plots;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>Writes the report as one file that needs no network: style sheet, plots and pictures are inside.</summary>
internal static class HtmlReport
{
    public static string Write(ReportContent content)
    {
        var sections = new StringBuilder();
        sections.Append(SummarySection.Write(content));
        sections.Append(CasesSection.Write(content));
        sections.Append(FigureSections.Write(content));
        sections.Append(PlotSection(content));
        sections.Append(ComparisonSection.Write(content));
        sections.Append(MistakeSection.Write(content));
        sections.Append(CasesSection.WriteAudit(content));
        sections.Append(ModelSection.Write(content));
        sections.Append(MethodSections.WriteMethods(content));
        sections.Append(MethodSections.WriteChecklist(content));
        string title = Html.Encode(content.Settings.Title);
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{title}</title>
            <style>
            {Style()}</style>
            </head>
            <body>
            <header>
            <h1>{title}</h1>
            <p class="lead">{Html.Encode(content.Main.Table.Name)}{(content.Results.Count > 1 ? " against " + Html.Encode(content.Results[1].Table.Name) : string.Empty)} · {content.Created.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture)}</p>
            {(content.IsDemo ? "<p class=\"notice\"><b>Generated scores.</b> This report shows what a report looks like. No patient and no model is behind its figures.</p>" : string.Empty)}
            <nav aria-label="Sections"><ul>{Navigation(content)}</ul></nav>
            </header>
            <main>
            {sections}</main>
            <footer><p>Made by CovidCtNet Evaluate {Version()}, seed {content.Settings.Seed}, {content.Settings.Replicates:N0} bootstrap replicates. For research use; not a medical device.</p></footer>
            </body>
            </html>

            """;
    }

    private static string PlotSection(ReportContent content)
    {
        if (content.Plots.Count == 0)
        {
            return string.Empty;
        }

        string figures = string.Concat(content.Plots.Select(plot =>
            $"<figure id=\"plot-{plot.FileName}\">{PlotRenderer.ToInlineSvg(plot)}<figcaption><b>{Html.Encode(plot.Title)}.</b> {Html.Encode(plot.Caption)}</figcaption></figure>\n"));
        return Html.Section("plots", "Plots", $"<div class=\"plots\">\n{figures}</div>");
    }

    private static string Navigation(ReportContent content)
    {
        List<(string Id, string Text)> links = [("summary", "Summary"), ("cases", "Cases"), ("figures", "Figures"), ("plots", "Plots")];
        if (content.Comparison is not null)
        {
            links.Add(("comparison", "Comparison"));
        }

        links.AddRange([("mistakes", "Mistakes"), ("audit", "Data audit"), ("model", "Model"), ("methods", "Methods"), ("checklist", "Checklist")]);
        return string.Concat(links.Select(link => $"<li><a href=\"#{link.Id}\">{link.Text}</a></li>"));
    }

    private static string Style()
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")
            ?? throw new InvalidOperationException("The style sheet is missing from the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Version() => typeof(EvaluationResult).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? string.Empty;
}
