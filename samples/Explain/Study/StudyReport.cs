using System.Globalization;
using System.Text;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary>The study's tables as Markdown.</summary>
internal sealed class StudyReport(CovidCtModel model, StudyRequest request, IReadOnlyList<StudySet> sets, IReadOnlyList<StudyRow> rows)
{
    private const string Begin = "<!-- study: begin, written by samples/Explain study -->";
    private const string End = "<!-- study: end -->";
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(Invariant, $"Model `{model.Contract.Name}` {model.Contract.Version}, weights SHA-256 `{model.Contract.WeightsSha256[..12]}`, default map `{StudyMaps.DefaultLabel}`; seed {request.Seed}.\n");
        foreach (var set in sets)
        {
            Set(text, set);
        }

        return text.ToString();
    }

    /// <summary>Replaces the part of a document between the study's markers; appends it where there are none.</summary>
    public static void Insert(string document, string fragment)
    {
        var text = File.Exists(document) ? File.ReadAllText(document) : string.Empty;
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        Write(document, begin >= 0 && end > begin ? $"{text[..begin]}{Begin}\n\n{fragment}\n{text[end..]}" : $"{text}{Begin}\n\n{fragment}\n{End}\n");
    }

    /// <summary>Writes a file so that its name only ever shows the whole of it.</summary>
    public static void Write(string path, string text)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private void Set(StringBuilder text, StudySet set)
    {
        var own = rows.Where(r => r.Set == set.Name).ToArray();
        var agreement = own.Where(r => r.Section == "agreement").ToArray();
        if (agreement.Length == 0)
        {
            return;
        }

        var trained = request.TrainedOn.Contains(set.Name, StringComparer.OrdinalIgnoreCase) ? " (the model was trained on this set)" : string.Empty;
        text.Append(Invariant, $"\n### {set.Name}{trained}\n\n{agreement[0].Slices} of {set.Slices.Count} slices whose mask covers at least {StudySet.LeastArea:P1} of them, {agreement[0].Groups} groups ({set.Grouping}); maps of many runs on fewer. Intervals: 95 %, bootstrap of whole groups.\n\n");
        string[] figures = [.. agreement.Select(r => r.Figure).Distinct()];
        Header(text, ["map", "slices", .. figures]);
        var first = agreement.Where(r => r.Map == agreement[0].Map).ToArray();
        Row(text, ["chance", "", .. first.Select(r => Number(r.Chance))]);
        Row(text, ["centred blob", "", .. own.Where(r => r.Section == "agreement blob").Select(r => r.Cell())]);
        foreach (var map in agreement.GroupBy(r => r.Map))
        {
            Row(text, [$"`{map.Key}`", map.First().Slices.ToString(Invariant), .. map.Select(r => r.Cell())]);
        }

        text.Append("\nThe most that a grid of a layer's size can reach, energy ratio of the mask itself on that grid: ");
        text.AppendJoin(", ", own.Where(r => r.Section == "ceiling").Select(r => string.Create(Invariant, $"{r.Map["mask on a grid of ".Length..]}: {r.Value:0.0}")));
        text.Append(".\n\nThe default map by what the model says, by the size of the mask, on slices cut to the box of their lungs, and with the tolerance of the pointing game's authors:\n\n");
        Header(text, ["slices", "number", "pointing game", "energy inside", "energy inside of the blob", "energy ratio"]);
        foreach (var part in own.Where(r => r.Section == "why").GroupBy(r => r.Map))
        {
            var (energy, ratio) = (part.Single(r => r.Figure == "energy inside"), part.Single(r => r.Figure == "energy ratio"));
            Row(text, [part.Key, energy.Slices.ToString(Invariant), part.Single(r => r.Figure == "pointing game").Cell(), energy.Cell(), Number(energy.Blob), ratio.Cell()]);
        }

        text.Append("\nWhere attention lies, mean share of the map (mean share of the slice):\n\n");
        string[] places = [.. own.Where(r => r.Section == "place").Select(r => r.Figure).Distinct()];
        Header(text, ["map", .. places]);
        foreach (var map in own.Where(r => r.Section == "place").GroupBy(r => r.Map))
        {
            Row(text, [$"`{map.Key}`", .. map.Select(r => $"{Number(r.Value)} ({Number(r.Chance)})")]);
        }

        Faithfulness(text, [.. own.Where(r => r.Section == "faithfulness")]);
    }

    private static void Faithfulness(StringBuilder text, StudyRow[] own)
    {
        if (own.Length == 0)
        {
            return;
        }

        text.Append(Invariant, $"\nFaithfulness on {own.Max(r => r.Slices)} slices: area under deletion (low is good) and insertion (high is good), beside a random map; rank correlation with maps of networks whose weights were shuffled, from the scores down (low is good); correlation with shifted slices (high is good).\n\n");
        string[] figures = [.. own.Select(r => r.Figure).Distinct()];
        Header(text, ["map", .. figures]);
        foreach (var map in own.GroupBy(r => r.Map))
        {
            Row(text, [$"`{map.Key}`", .. map.Select(r => double.IsFinite(r.Chance) ? $"{Number(r.Value)} (random {Number(r.Chance)})" : Number(r.Value))]);
        }
    }

    private static void Header(StringBuilder text, IReadOnlyList<string> cells)
    {
        Row(text, cells);
        Row(text, [.. cells.Select(_ => "---")]);
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("0.000", Invariant) : "-";
}
