namespace CovidCtNet.Lib.Imaging.Series;

/// <summary>A slice that belongs to some series.</summary>
internal sealed record SeriesCandidate(string? StudyUid, string? SeriesUid, CtSeriesSlice Slice);
