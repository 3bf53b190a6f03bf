namespace CovidCtNet.Lib.Explanation.Agreement;

/// <summary>
/// Where in the slice a map's sum lies, each share beside the share of the slice that the place covers. A model that looks at corners or
/// at the border has found the scanner or the hospital, not the lungs.
/// </summary>
/// <param name="Lungs">Share of the map inside the lungs; NaN where no lung mask was given.</param>
/// <param name="LungArea">Share of the slice inside the lungs; NaN where no lung mask was given.</param>
/// <param name="Border">Share of the map in a frame of a tenth of each side.</param>
/// <param name="BorderArea">Share of the slice in that frame.</param>
/// <param name="Corners">Share of the map in the four corners, each a fifth of each side.</param>
/// <param name="CornerArea">Share of the slice in these corners.</param>
public sealed record AttentionPlace(double Lungs, double LungArea, double Border, double BorderArea, double Corners, double CornerArea)
{
    private const double FrameShare = 0.1;
    private const double CornerShare = 0.2;

    /// <summary>Measures a map. A map without evidence counts as even.</summary>
    /// <param name="map">The map.</param>
    /// <param name="lungs">Whether each pixel of the slice belongs to a lung, row by row; empty where it is not known.</param>
    /// <exception cref="ArgumentException">The lung mask has another size than the map.</exception>
    public static AttentionPlace Compute(AttentionMap map, ReadOnlySpan<bool> lungs = default)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (!lungs.IsEmpty && lungs.Length != map.Values.Length)
        {
            throw new ArgumentException($"The lung mask has {lungs.Length} pixels and the map {map.Values.Length}.", nameof(lungs));
        }

        var values = map.Values;
        var even = map.IsFlat;
        Span<double> sums = stackalloc double[3];
        Span<int> areas = stackalloc int[3];
        sums.Clear();
        areas.Clear();
        var total = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            var value = even ? 1 : values[i];
            var x = ((i % map.Width) + 0.5) / map.Width;
            var y = ((i / map.Width) + 0.5) / map.Height;
            var (edgeX, edgeY) = (Math.Min(x, 1 - x), Math.Min(y, 1 - y));
            total += value;
            Count(sums, areas, 0, !lungs.IsEmpty && lungs[i], value);
            Count(sums, areas, 1, edgeX < FrameShare || edgeY < FrameShare, value);
            Count(sums, areas, 2, edgeX < CornerShare && edgeY < CornerShare, value);
        }

        double count = values.Length;
        return new AttentionPlace(
            lungs.IsEmpty ? double.NaN : sums[0] / total,
            lungs.IsEmpty ? double.NaN : areas[0] / count,
            sums[1] / total,
            areas[1] / count,
            sums[2] / total,
            areas[2] / count);
    }

    private static void Count(Span<double> sums, Span<int> areas, int place, bool belongs, double value)
    {
        if (belongs)
        {
            sums[place] += value;
            areas[place]++;
        }
    }
}
