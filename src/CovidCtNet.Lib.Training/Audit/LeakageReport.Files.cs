using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Runs;
using CsvHelper;
using CsvHelper.Configuration;

namespace CovidCtNet.Lib.Training.Audit;

public sealed partial record LeakageReport
{
    // Whether a pair crosses sides is written for readers and computed from the sides.
    private static readonly JsonSerializerOptions Reading = new(RunJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    /// <summary>This report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Options);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="DatasetException">The text is no such report.</exception>
    public static LeakageReport FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<LeakageReport>(json, Reading) ?? throw new JsonException("The text is null.");
        }
        catch (JsonException e)
        {
            throw new DatasetException($"This is no leakage report: {e.Message}", e);
        }
    }

    /// <summary>Writes <see cref="ToJson"/> to a file.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveJson(string path) => AtomicText.Write(path, ToJson());

    /// <summary>
    /// Writes all findings as CSV, one a line: <c>finding,first,first_group,first_side,second,second_group,second_side,value,detail</c>.
    /// The value of a pair is its detail correlation, that of a shared group its number of slices, that of a confound its AUC.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveCsv(string path)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }))
        {
            Row(csv, "finding", "first", "first_group", "first_side", "second", "second_group", "second_side", "value", "detail");
            foreach (var p in Pairs)
            {
                Row(csv, p.Kind.ToString(), p.First, p.FirstGroup, p.FirstSide, p.Second, p.SecondGroup, p.SecondSide, Text(p.DetailCorrelation), p.CrossesSides ? "crosses sides" : string.Empty);
            }

            foreach (var g in SharedGroups)
            {
                Row(csv, "SharedGroup", null, g.Group, string.Join(" ", g.Sides), null, null, null, g.Slices.ToString(CultureInfo.InvariantCulture), null);
            }

            foreach (var c in Confounds)
            {
                Row(csv, "Confound", c.Property, null, null, null, null, null, Text(c.Auc), c.Detail);
            }

            foreach (var u in Unreadable)
            {
                Row(csv, "Unreadable", u.Path, null, null, null, null, null, null, u.Reason);
            }
        }

        AtomicText.Write(path, text.ToString());
    }

    private static string Text(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    private static void Row(CsvWriter csv, params string?[] fields)
    {
        foreach (var field in fields)
        {
            csv.WriteField(field);
        }

        csv.NextRecord();
    }
}
