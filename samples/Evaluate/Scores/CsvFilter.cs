namespace CovidCtNet.Samples.Evaluate.Scores;

/// <summary>Keeps the lines of a CSV file with one value in one column, such as <c>side=test</c> or <c>fold=3</c>.</summary>
internal sealed record CsvFilter(string Column, string Value)
{
    /// <exception cref="FormatException">The text is not of the form column=value.</exception>
    public static CsvFilter? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return text.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } column, { Length: > 0 } value]
            ? new CsvFilter(column, value)
            : throw new FormatException($"'{text}' is no filter: use column=value, such as side=test.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Column} {Value}";
}
