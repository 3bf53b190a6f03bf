using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace CovidCtNet.Lib.Training;

/// <summary>Lists of slices as CSV.</summary>
internal static class CsvText
{
    private static readonly char[] Special = [',', '"', '\n', '\r'];

    /// <summary>A header and rows whose first field, a path, is always quoted; the others are where they must be.</summary>
    public static string Of(string header, IEnumerable<string?[]> rows)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        text.Write(header + "\n");
        using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }))
        {
            foreach (var row in rows)
            {
                foreach (var (column, field) in row.Index())
                {
                    csv.WriteField(field, shouldQuote: column == 0 || (field is not null && field.IndexOfAny(Special) >= 0));
                }

                csv.NextRecord();
            }
        }

        return text.ToString();
    }
}
