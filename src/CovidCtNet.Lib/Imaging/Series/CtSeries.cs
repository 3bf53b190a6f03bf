namespace CovidCtNet.Lib.Imaging;

/// <summary>The axial CT slices of one series, in order.</summary>
public sealed class CtSeries
{
    internal CtSeries(int number, string? studyInstanceUid, string? seriesInstanceUid, IReadOnlyList<CtSeriesSlice> slices)
        => (Number, StudyInstanceUid, SeriesInstanceUid, Slices) = (number, studyInstanceUid, seriesInstanceUid, slices);

    /// <summary>Its number in the study, from 1: for file names and logs, which it keeps free of identifiers.</summary>
    public int Number { get; }

    /// <summary>UID of the study; null for NIfTI.</summary>
    public string? StudyInstanceUid { get; }

    /// <summary>UID of the series; null for NIfTI. Two series share it where one UID held slices of two sizes, directions or acquisitions.</summary>
    public string? SeriesInstanceUid { get; }

    /// <summary>The slices, from feet to head where positions are known; at least one.</summary>
    public IReadOnlyList<CtSeriesSlice> Slices { get; }

    /// <summary>What they are ordered by.</summary>
    public CtSliceOrder Order { get; internal init; }

    /// <summary>The median distance between neighbouring slices, in mm; null if unknown.</summary>
    public double? Spacing { get; internal init; }

    /// <summary>Where slices are missing: distances above one and a half times <see cref="Spacing"/>.</summary>
    public IReadOnlyList<CtSeriesGap> Gaps { get; internal init; } = [];

    /// <summary>What a reader should know: gaps, duplicates that were left out, an order by instance number. No identifiers.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];
}
