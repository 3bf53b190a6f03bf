namespace CovidCtNet.Lib.Training.Audit;

/// <summary>Two slices that show the same.</summary>
/// <param name="Kind">What they have in common.</param>
/// <param name="First">Path of one slice.</param>
/// <param name="FirstGroup">Its group; null where unknown.</param>
/// <param name="FirstSide">Its side of the split, or its fold; null where there is none.</param>
/// <param name="Second">Path of the other slice.</param>
/// <param name="SecondGroup">Its group; null where unknown.</param>
/// <param name="SecondSide">Its side of the split, or its fold; null where there is none.</param>
/// <param name="Correlation">Correlation of the gray values once one slice is laid over the other, 1 for identical slices.</param>
/// <param name="DetailCorrelation">The same without the coarse shapes that all chests share; this one decides.</param>
public sealed record LeakagePair(
    LeakageKind Kind,
    string First,
    string? FirstGroup,
    string? FirstSide,
    string Second,
    string? SecondGroup,
    string? SecondSide,
    double Correlation,
    double DetailCorrelation)
{
    /// <summary>Whether the two lie on different sides, so that what one teaches the other tests.</summary>
    public bool CrossesSides => FirstSide is not null && SecondSide is not null && FirstSide != SecondSide;
}
