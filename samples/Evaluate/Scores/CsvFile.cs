using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace CovidCtNet.Samples.Evaluate.Scores;

/// <summary>Reads the named columns of a CSV file with a header line; columns may stand in any order, others are ignored.</summary>
internal static class CsvFile
{
    /// <param name="file">The file, for messages and reading.</param>
    /// <param name="required">Columns that must be there.</param>
    /// <param name="optional">Columns that may be there.</param>
    /// <param name="filter">Lines to keep; null keeps all.</param>
    /// <exception cref="ScoreFileException">The file is missing, unreadable or empty, or a column is missing or doubled.</exception>
    public static List<CsvLine> Read(string file, string[] required, string[] optional, CsvFilter? filter = null)
    {
        try
        {
            using var reader = new StreamReader(file);
            return Read(reader, file, required, optional, filter);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new ScoreFileException(file, null, $"cannot be read ({failed.Message})", failed);
        }
    }

    /// <inheritdoc cref="Read(string, string[], string[], CsvFilter?)"/>
    public static List<CsvLine> Read(TextReader reader, string file, string[] required, string[] optional, CsvFilter? filter = null)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            TrimOptions = TrimOptions.Trim,
            MissingFieldFound = null,
            BadDataFound = bad => throw new ScoreFileException(file, bad.Context.Parser?.RawRow, "has a quote in the wrong place: quote the whole field, and double quotes inside"),
        };
        using var csv = new CsvReader(reader, configuration);
        if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord is not { } header)
        {
            throw new ScoreFileException(file, null, $"is empty: it needs a header line with {string.Join(" and ", required)}, and one line for each case");
        }

        Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
        foreach (string name in required.Concat(optional))
        {
            int[] found = [.. header.Index().Where(column => string.Equals(column.Item, name, StringComparison.OrdinalIgnoreCase)).Select(column => column.Index)];
            if (found.Length > 1)
            {
                throw new ScoreFileException(file, 1, $"has {found.Length} columns named '{name}': keep one");
            }

            if (found.Length == 1)
            {
                columns.Add(name, found[0]);
            }
            else if (required.Contains(name))
            {
                throw new ScoreFileException(file, 1, $"has no column '{name}' (found: {string.Join(", ", header)}); the header must be {string.Join(",", required)}{string.Concat(optional.Select(o => $"[,{o}]"))}");
            }
        }

        int? filtered = filter is null ? null : Array.FindIndex(header, name => string.Equals(name, filter.Column, StringComparison.OrdinalIgnoreCase));
        if (filtered < 0)
        {
            throw new ScoreFileException(file, 1, $"has no column '{filter!.Column}' to choose lines by (found: {string.Join(", ", header)})");
        }

        List<CsvLine> lines = [];
        while (csv.Read())
        {
            if (filtered is { } column && !string.Equals(csv.GetField(column), filter!.Value, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            lines.Add(new CsvLine(file, csv.Parser.RawRow, columns.ToDictionary(entry => entry.Key, entry => csv.GetField(entry.Value) ?? string.Empty, StringComparer.OrdinalIgnoreCase)));
        }

        string none = filter is null ? "has a header line but no case" : $"has no case with {filter.Column} = {filter.Value}";
        return lines.Count > 0 ? lines : throw new ScoreFileException(file, null, none);
    }
}
