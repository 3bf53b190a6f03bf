using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Quantize;

/// <summary>Where slices come from.</summary>
/// <param name="Path">A folder or a list; see <see cref="CaseList.Read"/>.</param>
/// <param name="Filters">Lines of the list to keep, those of each filter; none keeps all.</param>
internal sealed record SliceSource(string Path, IReadOnlyList<CsvFilter> Filters)
{
    public CaseList Read(IReadOnlyList<string> classes)
    {
        if (Filters.Count == 0)
        {
            return CaseList.Read(Path, classes, null);
        }

        CaseList[] parts = [.. Filters.Select(filter => CaseList.Read(Path, classes, filter))];
        return new CaseList(
            string.Join("; ", parts.Select(p => p.Source)),
            [.. parts.SelectMany(p => p.Paths)],
            [.. parts.SelectMany(p => p.Labels)],
            [.. parts.SelectMany(p => p.Groups)]);
    }
}
