using System.Collections.Concurrent;
using System.Globalization;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Training.Audit;

/// <summary>
/// Looks for what makes figures too good to be true: the same slice or the same group on two sides of a split, and properties of the
/// files that give the label away.
/// </summary>
/// <remarks>
/// Needs no network and no libtorch. Near-duplicates are looked for between slices of different or unknown groups: within a group
/// neighbouring slices are near copies by nature, and a group on two sides is reported as such.
/// </remarks>
public static class LeakageAudit
{
    /// <summary>Audits slices, and a split of them if one is given.</summary>
    /// <param name="slices">The slices.</param>
    /// <param name="split">Their split; null looks for what slices have in common wherever they are.</param>
    /// <param name="options">What counts as a near-duplicate; null takes the defaults.</param>
    /// <param name="progress">Reported once for each slice and stage, from several threads.</param>
    /// <param name="cancellationToken">Stops the audit.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LeakageReport Run(
        IReadOnlyList<SliceRecord> slices,
        DataSplit? split = null,
        LeakageAuditOptions? options = null,
        IProgress<LeakageAuditProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(slices);
        var sides = split?.SidesOf(slices.Count).Select(s => s?.ToString().ToLowerInvariant()).ToArray() ?? new string?[slices.Count];
        return Run(slices, sides, split?.Description ?? "no split", options ?? new LeakageAuditOptions(), progress, cancellationToken);
    }

    /// <summary>Audits the folds that the manifest assigns: each fold is a side of its own.</summary>
    /// <param name="slices">The slices.</param>
    /// <param name="options">What counts as a near-duplicate; null takes the defaults.</param>
    /// <param name="progress">Reported once for each slice and stage, from several threads.</param>
    /// <param name="cancellationToken">Stops the audit.</param>
    /// <exception cref="DatasetException">No slice has a fold.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LeakageReport RunOnFolds(
        IReadOnlyList<SliceRecord> slices,
        LeakageAuditOptions? options = null,
        IProgress<LeakageAuditProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(slices);
        if (slices.All(s => s.Fold is null))
        {
            throw new DatasetException("No slice has a fold: give the manifest a column 'fold', or audit without folds.");
        }

        var sides = slices.Select(s => s.Fold is { } fold ? string.Create(CultureInfo.InvariantCulture, $"fold {fold}") : null).ToArray();
        return Run(slices, sides, "the folds of the manifest", options ?? new LeakageAuditOptions(), progress, cancellationToken);
    }

    private static LeakageReport Run(
        IReadOnlyList<SliceRecord> slices, string?[] sides, string split, LeakageAuditOptions options, IProgress<LeakageAuditProgress>? progress, CancellationToken cancellationToken)
    {
        var unreadable = new ConcurrentDictionary<int, UnreadableSlice>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.MaxDegreeOfParallelism, CancellationToken = cancellationToken };
        var fingerprints = FingerprintReader.Read(slices, unreadable, parallel, progress);
        var identical = Identical(fingerprints, sides);
        var search = new NearDuplicateSearch(
            [.. fingerprints.Select(f => f?.Plane)],
            (i, j) => (slices[i].Group is { } group && group == slices[j].Group) || fingerprints[i]!.PixelSha256 == fingerprints[j]!.PixelSha256,
            options);
        var near = search.Run(progress, cancellationToken);
        return new LeakageReport
        {
            Split = split,
            Slices = slices.Count,
            UngroupedSlices = slices.Count(s => s.Group is null),
            NearDuplicateCorrelation = options.NearDuplicateCorrelation,
            Pairs =
            [
                .. identical.Select(p => Pair(p.Kind, p.First, p.Second, 1, 1)),
                .. near.Select(p => Pair(p.Kind, p.First, p.Second, p.Correlation, p.Detail)),
            ],
            SharedGroups = SharedGroups(slices, sides),
            Confounds = Confounds.Measure(slices, fingerprints),
            Unreadable = [.. unreadable.OrderBy(u => u.Key).Select(u => u.Value)],
        };

        LeakagePair Pair(LeakageKind kind, int a, int b, double correlation, double detail) =>
            new(kind, slices[a].Path, slices[a].Group, sides[a], slices[b].Path, slices[b].Group, sides[b], Math.Round(correlation, 4), Math.Round(detail, 4));
    }

    // Of slices that are all equal, each is paired with the first one before it that lies on another side, else with the first of all: so
    // whichever has a copy on another side shows in a pair that crosses, and the pairs hold all of them together.
    private static List<(LeakageKind Kind, int First, int Second)> Identical(SliceFingerprint?[] fingerprints, string?[] sides) =>
    [
        .. from i in Enumerable.Range(0, fingerprints.Length)
           where fingerprints[i] is not null
           group i by fingerprints[i]!.PixelSha256 into equal
           let same = equal.ToArray()
           from place in Enumerable.Range(1, same.Length - 1)
           let second = same[place]
           let first = same.Take(place).Where(i => sides[second] is not null && sides[i] is not null && sides[i] != sides[second]).Append(same[0]).First()
           select (fingerprints[first]!.FileSha256 == fingerprints[second]!.FileSha256 ? LeakageKind.IdenticalFile : LeakageKind.IdenticalPixels, first, second),
    ];

    private static IReadOnlyList<SharedGroup> SharedGroups(IReadOnlyList<SliceRecord> slices, string?[] sides) =>
    [
        .. from i in Enumerable.Range(0, slices.Count)
           where slices[i].Group is not null && sides[i] is not null
           group sides[i]! by slices[i].Group! into one
           let its = one.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray()
           where its.Length > 1
           orderby one.Key
           select new SharedGroup(one.Key, its, one.Count()),
    ];
}
