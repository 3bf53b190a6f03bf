using System.Globalization;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Explanation.Agreement;
using Spectre.Console;

namespace CovidCtNet.Samples.Explain;

/// <summary>The tables on the console and as CSV: one row for each map, and one for each figure and kind of map.</summary>
internal static class ResultTables
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static void Write(IAnsiConsole console, string folder, IReadOnlyList<SliceResult> results)
    {
        List<string> rows = ["slice,group,map,probability,lungs,lung_area,border,border_area,corners,corner_area,pointing,energy,area_share,iou,dice,pixel_ap"];
        foreach (var r in results)
        {
            var (p, a) = (r.Place, r.Agreement);
            rows.Add(string.Join(
                ',',
                [Quoted(r.Slice), Quoted(r.Group), Quoted(r.Label), .. new double?[] { r.Probability, p.Lungs, p.LungArea, p.Border, p.BorderArea, p.Corners, p.CornerArea, a?.Pointing, a?.Energy, a?.AreaShare, a?.Iou, a?.Dice, a?.AveragePrecision }.Select(Number)]));
        }

        CsvFile.Write(Path.Combine(folder, "maps.csv"), rows);
        WritePlaces(console, results);
        WriteAgreement(console, folder, results);
    }

    private static void WritePlaces(IAnsiConsole console, IReadOnlyList<SliceResult> results)
    {
        var table = new Table { Title = new TableTitle("Where attention lies: share of the map (share of the slice), mean") }.AddColumns("map", "slices", "lungs", "border", "corners");
        foreach (var kind in results.GroupBy(r => r.Label))
        {
            string Cell(Func<AttentionPlace, double> share, Func<AttentionPlace, double> area)
            {
                double[] known = [.. kind.Select(r => share(r.Place)).Where(double.IsFinite)];
                return known.Length == 0 ? "" : string.Create(Invariant, $"{known.Average():0.000} ({kind.Select(r => area(r.Place)).Where(double.IsFinite).Average():0.000})");
            }

            table.AddRow(Markup.Escape(kind.Key), kind.Count().ToString(Invariant), Cell(p => p.Lungs, p => p.LungArea), Cell(p => p.Border, p => p.BorderArea), Cell(p => p.Corners, p => p.CornerArea));
        }

        console.Write(table);
    }

    private static void WriteAgreement(IAnsiConsole console, string folder, IReadOnlyList<SliceResult> results)
    {
        SliceResult[] compared = [.. results.Where(r => r.Agreement is not null)];
        if (compared.Length == 0)
        {
            return;
        }

        List<string> rows = ["map,slices,groups,figure,value,lower,upper,centred_blob,blob_lower,blob_upper,chance"];
        var table = new Table { Title = new TableTitle("Agreement with the annotations") };
        foreach (var kind in compared.GroupBy(r => r.Label))
        {
            var summary = AgreementSummary.Compute([.. kind.Select(r => r.Agreement!)], [.. kind.Select(r => r.Blob!)], [.. kind.Select(r => r.Group)]);
            if (table.Columns.Count == 0)
            {
                table.Title = new TableTitle(string.Create(Invariant, $"Agreement with the annotations: {summary.Slices} slices, {summary.Groups} groups, 95 % intervals"));
                table.AddColumns(["map", .. summary.Figures.Select(f => f.Name)]);
                Rows(table, "chance", summary.Figures.Select(f => f.Chance.ToString("0.000", Invariant)));
                Rows(table, "centred blob", summary.Figures.Select(f => Short(f.CentredBlob)));
            }

            Rows(table, kind.Key, summary.Figures.Select(f => Short(f.Value)));
            foreach (var f in summary.Figures)
            {
                rows.Add(string.Join(
                    ',',
                    [Quoted(kind.Key), summary.Slices.ToString(Invariant), summary.Groups.ToString(Invariant), f.Name, .. new double?[] { f.Value.Estimate, f.Value.Lower, f.Value.Upper, f.CentredBlob.Estimate, f.CentredBlob.Lower, f.CentredBlob.Upper, f.Chance }.Select(Number)]));
            }
        }

        CsvFile.Write(Path.Combine(folder, "agreement.csv"), rows);
        console.Write(table);
    }

    private static void Rows(Table table, string name, IEnumerable<string> cells) => table.AddRow([Markup.Escape(name), .. cells]);

    private static string Short(Interval interval) => double.IsNaN(interval.Lower)
        ? interval.Estimate.ToString("0.000", Invariant)
        : string.Create(Invariant, $"{interval.Estimate:0.000} ({interval.Lower:0.000}-{interval.Upper:0.000})");

    private static string Number(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("R", Invariant) : string.Empty;

    private static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
