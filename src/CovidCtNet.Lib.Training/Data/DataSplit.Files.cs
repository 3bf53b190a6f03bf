using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace CovidCtNet.Lib.Training.Data;

public sealed partial record DataSplit
{
    /// <summary>Writes the split as CSV: <c>path,label,group,side</c>.</summary>
    public void Save(string path, IReadOnlyList<SliceRecord> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        AtomicText.Write(path, ToCsv(slices));
    }

    /// <summary>What <see cref="Save"/> writes.</summary>
    internal string ToCsv(IReadOnlyList<SliceRecord> slices) => CsvText.Of(
        "path,label,group,side", Sides.SelectMany(s => s.Slices.Select(i => (string?[])[slices[i].Path, slices[i].Label, slices[i].Group, NameOf(s.Side)])));

    /// <summary>Reads what <see cref="Save"/> wrote. Slices are found by path; a relative path is taken from the folder of the file.</summary>
    /// <remarks>The split is leaking where a slice has no group or a group lies on two sides.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="slices">The slices, in any order; each of them must be in the file, and the file may name no other.</param>
    /// <exception cref="DatasetException">The file is no split, or one of other slices or labels.</exception>
    public static DataSplit Load(string path, IReadOnlyList<SliceRecord> slices)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(slices);
        var rows = ReadRows(path);
        var sides = new SplitSide[slices.Count];
        for (var i = 0; i < sides.Length; i++)
        {
            if (!rows.Remove(slices[i].Path, out var row))
            {
                throw new DatasetException($"'{path}' does not name the slice '{slices[i].Path}': it is the split of another data set. Make a new split.");
            }

            if (row.Label != slices[i].Label)
            {
                throw new DatasetException($"'{path}' has '{slices[i].Path}' as '{row.Label}', the data set has it as '{slices[i].Label}': labels have changed. Make a new split.");
            }

            sides[i] = row.Side;
        }

        if (rows.Count > 0)
        {
            throw new DatasetException($"'{path}' names {rows.Count} slices that the data set lacks, the first: '{rows.First().Key}'. Restore them, or make a new split.");
        }

        var torn = slices.Where(s => s.Group is not null).Zip(sides).GroupBy(p => p.First.Group).Any(g => g.Select(p => p.Second).Distinct().Count() > 1);
        SplitSide[] required = [.. Enum.GetValues<SplitSide>().Where(s => s == SplitSide.Train || sides.Contains(s))];
        return Create(slices, i => sides[i], $"read from '{Path.GetFileName(path)}'", torn || slices.Any(s => s.Group is null), required);
    }

    /// <summary>The slices that train in a split's file, whatever data set it is of, with full paths.</summary>
    /// <exception cref="DatasetException">The file is no split.</exception>
    internal static IReadOnlyList<(string Path, string Label, string? Group)> TrainingRows(string path) =>
        [.. ReadRows(path).Where(row => row.Value.Side == SplitSide.Train).Select(row => (row.Key, row.Value.Label, row.Value.Group))];

    private static Dictionary<string, (string Label, string? Group, SplitSide Side)> ReadRows(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var rows = new Dictionary<string, (string, string?, SplitSide)>(StringComparer.Ordinal);
        try
        {
            using var reader = new StreamReader(path);
            using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim });
            if (!csv.Read() || !csv.ReadHeader() || !((string[])["path", "label", "side"]).All(c => csv.HeaderRecord!.Contains(c, StringComparer.Ordinal)))
            {
                throw new DatasetException($"'{path}' is no split: it must have the header path,label,group,side.");
            }

            while (csv.Read())
            {
                var name = csv.GetField("path")!;
                var side = Enum.GetValues<SplitSide>().Where(s => NameOf(s) == csv.GetField("side")).ToArray();
                if (name.Length == 0 || side.Length == 0)
                {
                    throw new DatasetException($"'{path}', line {csv.Parser.Row}: a line names a slice and its side, train, validation or test.");
                }

                var group = csv.TryGetField<string>("group", out var named) && !string.IsNullOrEmpty(named) ? named : null;
                if (!rows.TryAdd(Path.GetFullPath(Path.Combine(folder, name)), (csv.GetField("label")!, group, side[0])))
                {
                    throw new DatasetException($"'{path}', line {csv.Parser.Row}: '{name}' is named more than once.");
                }
            }
        }
        catch (CsvHelperException e)
        {
            throw new DatasetException($"'{path}' is not a readable CSV file: {e.Message}", e);
        }

        return rows;
    }

    private static string NameOf(SplitSide side) => side.ToString().ToLowerInvariant();
}
