namespace CovidCtNet.Samples.Evaluate.Scores;

/// <summary>
/// Reads and writes <c>label,score[,group][,path]</c>; paths are relative to the file. A column <c>probability</c>, as the trainer writes
/// it, will do for the score.
/// </summary>
internal static class ScoreFile
{
    private static readonly string[] Required = ["label"];
    private static readonly string[] Optional = ["score", "probability", "group", "path"];

    /// <exception cref="ScoreFileException">The file is missing, unreadable, empty or has a wrong line.</exception>
    public static ScoreTable Read(string file, CsvFilter? filter = null) => Create(CsvFile.Read(file, Required, Optional, filter), file, filter);

    /// <exception cref="ScoreFileException">The text is empty or has a wrong line.</exception>
    public static ScoreTable Read(TextReader reader, string file, CsvFilter? filter = null) => Create(CsvFile.Read(reader, file, Required, Optional, filter), file, filter);

    /// <summary>Writes a table so that <see cref="Read(string, CsvFilter?)"/> gives it back.</summary>
    public static void Write(ScoreTable table, Stream stream, string folder)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        using var csv = new CsvHelper.CsvWriter(writer, new CsvHelper.Configuration.CsvConfiguration(System.Globalization.CultureInfo.InvariantCulture) { NewLine = "\n" });
        string[] header = ["label", "score", .. table.HasGroups ? ["group"] : Array.Empty<string>(), .. table.Paths.Length > 0 ? ["path"] : Array.Empty<string>()];
        foreach (string name in header)
        {
            csv.WriteField(name);
        }

        csv.NextRecord();
        for (int i = 0; i < table.Count; i++)
        {
            csv.WriteField(table.Labels[i] ? "1" : "0");
            csv.WriteField(table.Scores[i].ToString("R", System.Globalization.CultureInfo.InvariantCulture));
            if (table.HasGroups)
            {
                csv.WriteField(table.Groups[i]);
            }

            if (table.Paths.Length > 0)
            {
                csv.WriteField(Path.GetRelativePath(folder, table.Paths[i]));
            }

            csv.NextRecord();
        }
    }

    private static ScoreTable Create(List<CsvLine> lines, string file, CsvFilter? filter)
    {
        string score = lines[0].Has("score") ? "score" : "probability";
        if (!lines[0].Has(score))
        {
            throw new ScoreFileException(file, 1, "has no column 'score' (or 'probability'); the header must be label,score[,group][,path]");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? string.Empty;
        return new ScoreTable(
            Path.GetFileNameWithoutExtension(file) + (filter is null ? string.Empty : $", {filter}"),
            file,
            [.. lines.Select(line => line.Label("label"))],
            [.. lines.Select(line => line.Score(score))],
            lines[0].Has("group") ? [.. lines.Select(line => line.Text("group"))] : [],
            lines[0].Has("path") ? [.. lines.Select(line => Path.GetFullPath(Path.Combine(folder, line.Text("path"))))] : []);
    }
}
