using System.Globalization;
using CovidCtNet.Lib.Training.Data;
using CsvHelper;
using CsvHelper.Configuration;
using CsvHelper.TypeConversion;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>A slice with the answer of the model of a cross-validation that had not seen it: a line of <c>out-of-fold.csv</c>.</summary>
/// <param name="Path">The file.</param>
/// <param name="Positive">Its label.</param>
/// <param name="Group">Its scan or patient, where known.</param>
/// <param name="Fold">The fold that it was tested in.</param>
/// <param name="Logit">Logit of the positive class.</param>
/// <param name="Probability">Probability, calibrated by that model's validation slices.</param>
/// <param name="Margin">Calibrated logit less that of the model's threshold: positive from 0.</param>
/// <param name="Leaking">Whether the split of that model leaks: figures with this slice in them are labelled so.</param>
public sealed record OutOfFoldSlice(string Path, bool Positive, string? Group, int Fold, double Logit, double Probability, double Margin, bool Leaking = false)
{
    private const string Header = "path,label,group,fold,logit,probability,margin";

    /// <summary>
    /// Writes <c>path,label,group,fold,logit,probability,margin</c>, label 1 for the positive class; where a split leaks also <c>split</c>, with the
    /// label beside each slice of such a split.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string file, IEnumerable<OutOfFoldSlice> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        OutOfFoldSlice[] all = [.. slices];
        var leaking = all.Any(s => s.Leaking);
        AtomicText.Write(file, CsvText.Of(
            leaking ? Header + ",split" : Header,
            all.Select(s => (string?[])[
                s.Path,
                s.Positive ? "1" : "0",
                s.Group,
                s.Fold.ToString(CultureInfo.InvariantCulture),
                s.Logit.ToString("R", CultureInfo.InvariantCulture),
                s.Probability.ToString("R", CultureInfo.InvariantCulture),
                s.Margin.ToString("R", CultureInfo.InvariantCulture),
                .. leaking ? (string?[])[s.Leaking ? DataSplit.LeakingLabel : null] : []])));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="DatasetException">The file is not there or not such a list.</exception>
    public static IReadOnlyList<OutOfFoldSlice> Load(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture));
            csv.Read();
            csv.ReadHeader();
            var slices = new List<OutOfFoldSlice>();
            while (csv.Read())
            {
                slices.Add(new OutOfFoldSlice(
                    csv.GetField("path")!,
                    csv.GetField<int>("label") == 1,
                    csv.GetField("group") is { Length: > 0 } group ? group : null,
                    csv.GetField<int>("fold"),
                    csv.GetField<double>("logit"),
                    csv.GetField<double>("probability"),
                    csv.GetField<double>("margin"),
                    csv.TryGetField<string>("split", out var split) && split == DataSplit.LeakingLabel));
            }

            return slices;
        }
        catch (Exception e) when (e is CsvHelperException or TypeConverterException or IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"'{file}' is not a list of out-of-fold scores as a cross-validation writes it: {e.Message.Split('\n')[0]}", e);
        }
    }
}
