namespace CovidCtNet.Lib.Training.Audit;

/// <summary>What <see cref="LeakageAudit"/> takes for the same slice.</summary>
public sealed record LeakageAuditOptions
{
    /// <summary>
    /// Smallest correlation of the fine structure, with one slice laid over the other, that makes two slices near-duplicates, (0, 1).
    /// Default: 0.85.
    /// </summary>
    public double NearDuplicateCorrelation { get; init => field = value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Must be in (0, 1)."); } = 0.85;

    /// <summary>Whether copies that are mirrored, upside down or turned by 180 degrees are looked for too. Default: true.</summary>
    public bool Mirrored { get; init; } = true;

    /// <summary>Threads; -1 takes all processors. Default: -1.</summary>
    public int MaxDegreeOfParallelism { get; init => field = value is -1 or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Must be -1 or at least 1."); } = -1;
}
