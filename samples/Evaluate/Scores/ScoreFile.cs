using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace CovidCtNet.Samples.Evaluate.Scores;

/// <summary>Reads <c>label,score[,group][,path]</c>: a header line, columns in any order, others ignored.</summary>
internal static class ScoreFile
{
    private static readonly HashSet<string> PositiveWords = new(["1", "1.0", "true", "yes", "positive", "pos", "covid", "covid-19"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> NegativeWords = new(["0", "0.0", "false", "no", "negative", "neg", "non-covid", "noncovid", "normal"], StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ScoreFileException">The file is missing, unreadable, empty or has a wrong line.</exception>
    public static ScoreTable Read(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            return Read(reader, file);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new ScoreFileException(file, null, $"cannot be read ({failed.Message})", failed);
        }
    }

    /// <exception cref="ScoreFileException">The text is empty or has a wrong line.</exception>
    public static ScoreTable Read(TextReader reader, string file)
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
            throw new ScoreFileException(file, null, "is empty: it needs a header line with label and score, and one line for each case");
        }

        int label = Column(header, "label", file);
        int score = Column(header, "score", file);
        int? group = OptionalColumn(header, "group", file);
        int? path = OptionalColumn(header, "path", file);
        string folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? string.Empty;
        List<bool> labels = [];
        List<double> scores = [];
        List<string> groups = [];
        List<string> paths = [];
        while (csv.Read())
        {
            int line = csv.Parser.RawRow;
            labels.Add(ParseLabel(csv.GetField(label), file, line));
            scores.Add(ParseScore(csv.GetField(score), file, line));
            if (group is { } g)
            {
                groups.Add(Required(csv.GetField(g), "group", file, line));
            }

            if (path is { } p)
            {
                paths.Add(Path.Combine(folder, Required(csv.GetField(p), "path", file, line)));
            }
        }

        return labels.Count == 0
            ? throw new ScoreFileException(file, null, "has a header line but no case")
            : new ScoreTable(Path.GetFileNameWithoutExtension(file), file, [.. labels], [.. scores], [.. groups], [.. paths]);
    }

    private static int Column(string[] header, string name, string file) => OptionalColumn(header, name, file)
        ?? throw new ScoreFileException(file, 1, $"has no column '{name}' (found: {string.Join(", ", header)}); the header must be label,score[,group][,path]");

    private static int? OptionalColumn(string[] header, string name, string file)
    {
        int[] found = [.. header.Index().Where(column => string.Equals(column.Item, name, StringComparison.OrdinalIgnoreCase)).Select(column => column.Index)];
        return found.Length switch
        {
            0 => null,
            1 => found[0],
            _ => throw new ScoreFileException(file, 1, $"has {found.Length} columns named '{name}': keep one"),
        };
    }

    private static bool ParseLabel(string? text, string file, int line)
    {
        if (text is not null && PositiveWords.Contains(text))
        {
            return true;
        }

        return text is not null && NegativeWords.Contains(text)
            ? false
            : throw new ScoreFileException(file, line, $"'{text}' is no label: use 1 or 0 (or positive/negative, COVID/non-COVID)");
    }

    private static double ParseScore(string? text, string file, int line) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double score) && double.IsFinite(score)
            ? score
            : throw new ScoreFileException(file, line, $"'{text}' is no score: use a finite number with a decimal point, such as 0.973");

    private static string Required(string? text, string name, string file, int line) =>
        string.IsNullOrEmpty(text) ? throw new ScoreFileException(file, line, $"has no {name}: fill it in every line, or drop the column") : text;
}
