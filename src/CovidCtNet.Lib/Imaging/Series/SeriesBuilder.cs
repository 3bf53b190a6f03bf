using System.Globalization;

namespace CovidCtNet.Lib.Imaging.Series;

/// <summary>Groups candidates by series, orders them along the normal, finds gaps and duplicates.</summary>
internal static class SeriesBuilder
{
    private const double GapFactor = 1.5;

    // Positions are written with at least two decimals; scanners space slices by 0.3 mm and more.
    private const double SamePlace = 0.02;

    public static IReadOnlyList<CtSeries> Build(IReadOnlyList<SeriesCandidate> candidates, List<CtSetAside> setAside)
    {
        var stacks = candidates
            .GroupBy(c => (c.SeriesUid, c.Slice.Size, Direction(c.Slice.Geometry)))
            .SelectMany(g => ByAcquisition([.. g]))
            .OrderByDescending(s => s.Count)
            .ThenBy(s => s[0].Slice.File)
            .ToList();
        return [.. stacks.Select((stack, index) => Order(stack, index + 1, setAside))];
    }

    private static (double, double, double, double, double, double)? Direction(CtSliceGeometry? geometry)
        => geometry is { } g
            ? (Rounded(g.Row.X), Rounded(g.Row.Y), Rounded(g.Row.Z), Rounded(g.Column.X), Rounded(g.Column.Y), Rounded(g.Column.Z))
            : null;

    private static double Rounded(double cosine) => Math.Round(cosine, 2) + 0.0;

    /// <summary>Two acquisitions under one UID (phases, repeats) lie at the same places: each is a stack of its own.</summary>
    private static IEnumerable<List<SeriesCandidate>> ByAcquisition(List<SeriesCandidate> stack)
    {
        var places = stack.Select(c => c.Slice.Location).Where(l => l is not null).Select(l => Math.Round(l!.Value / SamePlace)).ToList();
        var acquisitions = stack.GroupBy(c => c.Slice.AcquisitionNumber).ToList();
        return places.Distinct().Count() < places.Count && acquisitions.Count > 1 ? acquisitions.Select(a => a.ToList()) : [stack];
    }

    private static CtSeries Order(List<SeriesCandidate> stack, int number, List<CtSetAside> setAside)
    {
        var placed = stack.TrueForAll(c => c.Slice.Location is not null);
        var ordered = placed
            ? stack.OrderBy(c => c.Slice.Location).ThenBy(c => c.Slice.InstanceNumber ?? int.MaxValue).ToList()
            : stack.OrderBy(c => c.Slice.InstanceNumber ?? int.MaxValue).ThenBy(c => c.Slice.File).ThenBy(c => c.Slice.Frame).ToList();
        var notes = new List<string>();
        var slices = placed ? WithoutDuplicates(ordered, setAside, notes) : [.. ordered.Select(c => c.Slice)];
        if (!placed)
        {
            notes.Add("Positions are missing: the slices are ordered by instance number, and gaps cannot be told.");
        }

        var distances = placed ? slices.Zip(slices.Skip(1), (a, b) => b.Location!.Value - a.Location!.Value).ToArray() : [];
        var spacing = Median(distances);
        var gaps = new List<CtSeriesGap>();
        for (var i = 0; i < distances.Length; i++)
        {
            if (distances[i] > GapFactor * spacing)
            {
                gaps.Add(new CtSeriesGap(i, distances[i], Math.Max(1, (int)Math.Min(int.MaxValue, Math.Round(distances[i] / spacing!.Value)) - 1)));
            }
        }

        if (gaps.Count > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{gaps.Count} {(gaps.Count == 1 ? "gap" : "gaps")}: {gaps.Sum(g => (long)g.Missing)} slices of {spacing:0.##} mm are missing."));
        }

        return new CtSeries(number, stack[0].StudyUid, stack[0].Slice.SopInstanceUid is null ? null : stack[0].SeriesUid, slices)
        {
            Order = placed ? CtSliceOrder.Position : CtSliceOrder.InstanceNumber,
            Spacing = spacing,
            Gaps = gaps,
            Notes = notes,
        };
    }

    private static List<CtSeriesSlice> WithoutDuplicates(List<SeriesCandidate> ordered, List<CtSetAside> setAside, List<string> notes)
    {
        var kept = new List<CtSeriesSlice>();
        var duplicates = 0;
        foreach (var slice in ordered.Select(c => c.Slice))
        {
            if (kept.Count > 0 && slice.Location!.Value - kept[^1].Location!.Value < SamePlace)
            {
                duplicates++;
                setAside.Add(new CtSetAside(slice.SourceName, slice.File, CtSetAsideReason.Duplicate, $"Another slice of its series lies at the same position (file {kept[^1].File})."));
                continue;
            }

            kept.Add(slice);
        }

        if (duplicates > 0)
        {
            notes.Add($"{duplicates} {(duplicates == 1 ? "slice was" : "slices were")} left out as duplicates of a position.");
        }

        return kept;
    }

    private static double? Median(double[] values)
    {
        if (values.Length == 0)
        {
            return null;
        }

        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
