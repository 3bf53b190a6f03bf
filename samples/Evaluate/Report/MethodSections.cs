namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>How the figures were computed, and what a full report must add.</summary>
internal static class MethodSections
{
    public static string WriteMethods(ReportContent content)
    {
        string draw = content.Main.Table.HasGroups
            ? "Cases come in groups. The area has the interval of DeLong for clustered data (Obuchowski 1997); all other figures were bootstrapped by drawing whole groups with replacement, stratified by the labels they hold."
            : "Cases are taken as independent. Proportions have Wilson intervals, the area has that of DeLong; all other figures were bootstrapped by drawing cases with replacement, stratified by label.";
        return Html.Section("methods", "Methods", $"""
            <p>{draw} Bootstrap intervals are bias-corrected and accelerated (BCa) from {content.Settings.Replicates:N0} replicates, seed {content.Settings.Seed}; where the correction does not exist they are plain percentiles, and where there is no mistake to vary the interval is that of Newcombe (area) or Wilson (proportion); the method column says which. A higher score means positive; ties count half in the area. Average precision is the sum of precision times step in recall, without interpolation. A ratio of nothing to nothing is "not defined", not zero.</p>
            <p>Intervals express sampling only. They do not hold errors of the reference standard, the choice of the model on these same cases, or differences between hospitals.</p>
            """);
    }

    public static string WriteChecklist(ReportContent content)
    {
        bool overlays = content.FalseAlarms.Concat(content.Misses).Any(mistake => mistake.Picture is { ShowsAttention: true });
        IReadOnlyList<ChecklistItem> items = Checklist.For(content.Main, content.Contract, content.Comparison is not null, overlays);
        int missing = items.Count(item => item.Where is null);
        string table = Html.Table(
            $"{items.Count - missing} of {items.Count} points are answered here; {missing} are left to the authors.",
            ["Item", "What is to be reported", "Here"],
            items.Select(item => (IReadOnlyList<string>)
            [
                Html.Encode(item.Source),
                $"<span style=\"white-space:normal\">{Html.Encode(item.Text)}</span>",
                item.Where is { } where ? $"<span class=\"badge ok\"><a href=\"#{where}\">{where}</a></span>" : "<span class=\"badge todo\">missing: add it</span>",
            ]));
        return Html.Section("checklist", "Reporting checklist (STARD 2015, CLAIM 2020)", "<p>Read before publishing. A program can answer only what lies in its data.</p>" + table);
    }
}
