using System.Globalization;

namespace CovidCtNet.Samples.Evaluate.Scores;

/// <summary>A line of a CSV file, whose complaints name file and line.</summary>
internal sealed class CsvLine(string file, int line, Dictionary<string, string> fields)
{
    private static readonly HashSet<string> PositiveWords = new(["1", "1.0", "true", "yes", "positive", "pos", "covid", "covid-19"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> NegativeWords = new(["0", "0.0", "false", "no", "negative", "neg", "non-covid", "noncovid", "normal"], StringComparer.OrdinalIgnoreCase);

    /// <summary>True if the file has the column.</summary>
    public bool Has(string column) => fields.ContainsKey(column);

    public string Text(string column) => fields[column] is { Length: > 0 } text
        ? text
        : throw new ScoreFileException(file, line, $"has no {column}: fill it in every line, or drop the column");

    public double Score(string column) =>
        double.TryParse(fields[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double score) && double.IsFinite(score)
            ? score
            : throw new ScoreFileException(file, line, $"'{fields[column]}' is no score: use a finite number with a decimal point, such as 0.973");

    public bool Label(string column)
    {
        string text = fields[column];
        if (PositiveWords.Contains(text))
        {
            return true;
        }

        return NegativeWords.Contains(text)
            ? false
            : throw new ScoreFileException(file, line, $"'{text}' is no label: use 1 or 0 (or positive/negative, COVID/non-COVID)");
    }
}
