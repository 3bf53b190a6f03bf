using System.Globalization;
using System.Security.Cryptography;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Evaluate.Audit;

/// <summary>Looks for what makes figures too good or intervals too narrow: duplicates, missing groups, labels that give themselves away.</summary>
internal static class DataAudit
{
    private const int FewGroups = 20;

    /// <param name="table">The cases.</param>
    /// <param name="contract">The model's own record; null where only scores were given.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    public static IReadOnlyList<AuditNote> Check(ScoreTable table, ModelContract? contract, CancellationToken cancellationToken) =>
        [.. Model(contract), .. LeftOut(table), .. Classes(table), .. Groups(table), .. Scores(table), .. Pictures(table, cancellationToken)];

    private static IEnumerable<AuditNote> Model(ModelContract? contract)
    {
        if (contract is null)
        {
            yield break;
        }

        yield return contract.Training is { LeakingSplit: true }
            ? new(true, "The model was trained on a leaking split", "Slices of one scan may lie on both sides of it: if these cases come from the same scans as the training data, all figures are too good.")
            : new(false, "Training cases are not known by name", "Make sure that no case here, nor another slice of its scan or patient, was used to train the model or to choose its threshold.");
    }

    private static IEnumerable<AuditNote> LeftOut(ScoreTable table)
    {
        const int Named = 5;
        if (table.LeftOut.Count > 0)
        {
            string more = table.LeftOut.Count > Named ? $" (and {table.LeftOut.Count - Named} more)" : string.Empty;
            yield return new(true, $"{table.LeftOut.Count} pictures could not be scored", $"They are missing from all figures: {string.Join("; ", table.LeftOut.Take(Named))}{more}.");
        }
    }

    private static IEnumerable<AuditNote> Classes(ScoreTable table)
    {
        if (table.Positives == 0 || table.Negatives == 0)
        {
            yield return new(true, $"All cases are {(table.Positives == 0 ? "negative" : "positive")}", "Figures that compare two classes, such as the AUC, are not defined and left out.");
        }
        else if (Math.Min(table.Positives, table.Negatives) < 30)
        {
            yield return new(true, $"Only {Math.Min(table.Positives, table.Negatives)} cases in the smaller class", "Intervals are wide, and approximations behind them are poor.");
        }
    }

    private static IEnumerable<AuditNote> Groups(ScoreTable table)
    {
        if (!table.HasGroups)
        {
            yield return new(true, "No groups are given", "Cases are taken as independent. If several come from one patient or scan, all intervals here are too narrow: add a 'group' column.");
            yield break;
        }

        var groups = table.Groups.Zip(table.Labels).GroupBy(pair => pair.First, pair => pair.Second, StringComparer.Ordinal).ToArray();
        if (groups.Length < FewGroups)
        {
            yield return new(true, $"Only {groups.Length} groups", $"Even intervals by group are too narrow with fewer than about {FewGroups} groups.");
        }

        int mixed = groups.Count(group => group.Contains(true) && group.Contains(false));
        if (mixed > 0)
        {
            yield return new(false, $"{mixed} of {groups.Length} groups hold both classes", "Right for slices labelled one by one; wrong if the label is that of the patient.");
        }

        int largest = groups.Max(group => group.Count());
        if (largest > 0.2 * table.Count && groups.Length > 1)
        {
            yield return new(true, string.Create(CultureInfo.InvariantCulture, $"One group holds {(double)largest / table.Count:P0} of the cases"), "The figures are largely those of one patient or scan.");
        }
    }

    private static IEnumerable<AuditNote> Scores(ScoreTable table)
    {
        if (!table.AreProbabilities)
        {
            yield return new(false, "Scores are no probabilities", "Some lie outside [0, 1]; calibration figures are left out.");
        }

        int distinct = table.Scores.Distinct().Count();
        if (distinct == 1)
        {
            yield return new(true, "All scores are equal", "The model tells the cases apart in no way; the AUC is 0.5 by definition.");
        }
        else if (distinct < 20 && table.Count >= 100)
        {
            yield return new(false, $"Only {distinct} different scores", "Rounded or binary scores: the curves have few points, and the AUC counts every tie half.");
        }
    }

    private static IEnumerable<AuditNote> Pictures(ScoreTable table, CancellationToken cancellationToken)
    {
        if (table.Paths.Length == 0)
        {
            yield break;
        }

        int repeated = table.Count - table.Paths.Distinct(StringComparer.Ordinal).Count();
        if (repeated > 0)
        {
            yield return new(true, $"{repeated} cases repeat a path", "The same picture counts more than once.");
        }

        int[] present = [.. Enumerable.Range(0, table.Count).Where(i => File.Exists(table.Paths[i]))];
        if (present.Length == 0)
        {
            yield return new(false, "The pictures are not at hand", "Paths are relative to the file of scores. Duplicates and file formats were not checked.");
            yield break;
        }

        var copies = present
            .Select(i => (Case: i, Hash: Hash(table.Paths[i], cancellationToken)))
            .GroupBy(item => item.Hash, item => item.Case, StringComparer.Ordinal)
            .Where(same => same.Select(i => table.Paths[i]).Distinct(StringComparer.Ordinal).Count() > 1)
            .ToArray();
        if (copies.Length > 0)
        {
            bool acrossLabels = copies.Any(same => same.Select(i => table.Labels[i]).Distinct().Count() > 1);
            bool acrossGroups = table.HasGroups && copies.Any(same => same.Select(i => table.Groups[i]).Distinct().Count() > 1);
            string where = acrossLabels ? " Some copies carry different labels: one of them is wrong." : acrossGroups ? " Some copies lie in different groups: these are not independent." : string.Empty;
            yield return new(true, $"{copies.Sum(same => same.Count())} files are byte-for-byte copies of each other", $"The first: {Path.GetFileName(table.Paths[copies[0].First()])}.{where}");
        }

        foreach (AuditNote note in Formats(table, present))
        {
            yield return note;
        }
    }

    /// <summary>If the file format alone tells the classes apart, so can a model.</summary>
    private static IEnumerable<AuditNote> Formats(ScoreTable table, int[] present)
    {
        var formats = present.Select(i => (Format: PictureFormat.Describe(table.Paths[i]), Label: table.Labels[i])).ToArray();
        if (!formats.Any(item => item.Label) || formats.All(item => item.Label))
        {
            yield break;
        }

        // The best guess of the label from the format alone, each format voting with its own majority, classes weighing the same.
        double positives = formats.Count(item => item.Label);
        double negatives = formats.Length - positives;
        double guess = formats.GroupBy(item => item.Format, StringComparer.Ordinal)
            .Sum(group => Math.Max(group.Count(item => item.Label) / positives, group.Count(item => !item.Label) / negatives)) / 2;
        if (guess > 0.6)
        {
            yield return new(
                true,
                string.Create(CultureInfo.InvariantCulture, $"The file format gives the label away: {guess:P0} balanced accuracy without looking at a pixel"),
                "Decode all files to the same gray values, and make sure that size, colour mode and compression cannot reach the model.");
        }
    }

    private static string Hash(string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(stream));
    }
}
