using System.Globalization;
using System.Text.Json.Serialization;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Training.Audit;

/// <summary>What <see cref="LeakageAudit"/> has found.</summary>
public sealed partial record LeakageReport
{
    /// <summary>How the split was made.</summary>
    public required string Split { get; init; }

    /// <summary>How many slices were audited.</summary>
    public required int Slices { get; init; }

    /// <summary>How many slices have no group, so that nothing says which others belong to the same scan.</summary>
    public required int UngroupedSlices { get; init; }

    /// <summary>The correlation from which slices counted as near-duplicates.</summary>
    public required double NearDuplicateCorrelation { get; init; }

    /// <summary>
    /// Slices that show the same, on whichever sides. Near-duplicates of one group are not listed; of several equal slices each is
    /// paired with the first on another side, else with the first.
    /// </summary>
    public required IReadOnlyList<LeakagePair> Pairs { get; init; }

    /// <summary>Groups with slices on more than one side.</summary>
    public required IReadOnlyList<SharedGroup> SharedGroups { get; init; }

    /// <summary>Properties of the files as scores for the label.</summary>
    public required IReadOnlyList<LabelConfound> Confounds { get; init; }

    /// <summary>Files that could not be read; nothing is known of them.</summary>
    public required IReadOnlyList<UnreadableSlice> Unreadable { get; init; }

    /// <summary>Whether a slice or a group lies on two sides.</summary>
    [JsonIgnore]
    public bool IsLeaking => SharedGroups.Count > 0 || Pairs.Any(p => p.CrossesSides);

    /// <summary>Properties of the files that give the label away, with their areas; null where none does.</summary>
    [JsonIgnore]
    public string? Revealing => Confounds.Any(c => c.IsRevealing)
        ? string.Join(", ", Confounds.Where(c => c.IsRevealing).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Property} (AUC {c.Separation:F3})")))
        : null;

    /// <summary>What leaks, in a sentence; empty where nothing does.</summary>
    [JsonIgnore]
    public string Summary
    {
        get
        {
            var crossing = Pairs.Where(p => p.CrossesSides).ToArray();
            string[] parts =
            [
                .. crossing.Length == 0 ? [] : (string[])[string.Create(CultureInfo.InvariantCulture,
                    $"{crossing.Length} pairs of slices on different sides show the same, the first: {crossing[0].First} ({crossing[0].FirstSide}) and {crossing[0].Second} ({crossing[0].SecondSide}), {Name(crossing[0])}")],
                .. SharedGroups.Count == 0 ? [] : (string[])[string.Create(CultureInfo.InvariantCulture,
                    $"{SharedGroups.Count} groups lie on more than one side, the first: {SharedGroups[0].Group} ({string.Join(", ", SharedGroups[0].Sides)})")],
            ];
            return string.Join("; ", parts);
        }
    }

    /// <summary>Lets a clean split pass, and a leaking one only if that is asked for, with its label.</summary>
    /// <param name="split">The split that was audited.</param>
    /// <param name="allowLeaking">True labels a leaking split instead of refusing it.</param>
    /// <returns>The split, labelled as leaking where it is: the label goes into the model contract and beside every figure.</returns>
    /// <exception cref="LeakingSplitException">The split leaks and <paramref name="allowLeaking"/> is false.</exception>
    public DataSplit RequireClean(DataSplit split, bool allowLeaking = false)
    {
        ArgumentNullException.ThrowIfNull(split);
        if (!IsLeaking && !split.IsLeaking)
        {
            return split;
        }

        if (!allowLeaking)
        {
            var why = IsLeaking ? Summary
                : UngroupedSlices > 0 ? $"{UngroupedSlices} slices have no group, so slices of one scan may lie on both sides"
                : split.Description;
            throw new LeakingSplitException(
                $"The split leaks: {why}. Name the scan or patient of each slice in the manifest's column 'group', join groups that share slices (the audit can write such a manifest), or allow a leaking split by name.");
        }

        return split.AsLeaking(string.Create(CultureInfo.InvariantCulture, $"{Pairs.Count(p => p.CrossesSides)} pairs of like slices and {SharedGroups.Count} groups on more than one side"));
    }

    /// <summary>
    /// Joins the groups of slices that show the same, so that folds of the joined groups do not leak. A slice without a group that is
    /// like another gets a group with it.
    /// </summary>
    /// <param name="slices">The slices that were audited.</param>
    /// <returns>The slices in their order, without folds where groups were joined across folds.</returns>
    public IReadOnlyList<SliceRecord> JoinGroups(IReadOnlyList<SliceRecord> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        var parent = new Dictionary<string, string>(StringComparer.Ordinal);
        var keys = slices.ToDictionary(s => s.Path, s => s.Group ?? "slice " + Path.GetFileName(s.Path) + " " + s.Path, StringComparer.Ordinal);
        foreach (var pair in Pairs)
        {
            var (a, b) = (Root(keys[pair.First]), Root(keys[pair.Second]));
            if (a != b)
            {
                // The smaller name stays, so that the result does not depend on the order of the pairs.
                var (kept, joined) = string.CompareOrdinal(a, b) < 0 ? (a, b) : (b, a);
                parent[joined] = kept;
            }
        }

        var linked = Pairs.SelectMany(p => (string[])[p.First, p.Second]).ToHashSet(StringComparer.Ordinal);
        var renamed = slices.Select(s => s.Group is not null || linked.Contains(s.Path) ? s with { Group = Root(keys[s.Path]) } : s).ToArray();
        var torn = renamed.Where(s => s.Group is not null).GroupBy(s => s.Group!).Where(g => g.Select(s => s.Fold).Distinct().Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        return [.. renamed.Select(s => s.Group is not null && torn.Contains(s.Group) ? s with { Fold = null } : s)];

        string Root(string key)
        {
            while (parent.TryGetValue(key, out var next))
            {
                key = next;
            }

            return key;
        }
    }

    internal static string Name(LeakagePair pair) => pair.Kind switch
    {
        LeakageKind.IdenticalFile => "identical files",
        LeakageKind.IdenticalPixels => "identical pixels",
        LeakageKind.MirroredNearDuplicate => string.Create(CultureInfo.InvariantCulture, $"mirrored near-duplicates of correlation {pair.DetailCorrelation:F3}"),
        LeakageKind.UpsideDownNearDuplicate => string.Create(CultureInfo.InvariantCulture, $"near-duplicates upside down of correlation {pair.DetailCorrelation:F3}"),
        LeakageKind.RotatedNearDuplicate => string.Create(CultureInfo.InvariantCulture, $"near-duplicates turned by 180 degrees of correlation {pair.DetailCorrelation:F3}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"near-duplicates of correlation {pair.DetailCorrelation:F3}"),
    };
}
