namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>Fills polygons: a pixel belongs where its centre does.</summary>
internal static class PolygonRaster
{
    public static bool[] Fill(IReadOnlyList<IReadOnlyList<AnnotationPoint>> polygons, int width, int height)
    {
        var mask = new bool[width * height];
        foreach (var polygon in polygons)
        {
            Fill(polygon, mask, width, height);
        }

        return mask;
    }

    private static void Fill(IReadOnlyList<AnnotationPoint> polygon, bool[] mask, int width, int height)
    {
        var first = (int)Math.Clamp(Math.Floor(polygon.Min(p => p.Y)), 0, height);
        var last = (int)Math.Clamp(Math.Ceiling(polygon.Max(p => p.Y)), 0, height);
        List<double> crossings = [];
        for (var y = first; y < last; y++)
        {
            crossings.Clear();
            var centre = y + 0.5;
            for (var i = 0; i < polygon.Count; i++)
            {
                var (a, b) = (polygon[i], polygon[(i + 1) % polygon.Count]);
                if (a.Y > b.Y)
                {
                    // The same edge there and back must cross at the same number, so that it cancels.
                    (a, b) = (b, a);
                }

                if (a.Y <= centre && centre < b.Y)
                {
                    crossings.Add(a.X + ((centre - a.Y) / (b.Y - a.Y) * (b.X - a.X)));
                }
            }

            crossings.Sort();
            for (var i = 0; i + 1 < crossings.Count; i += 2)
            {
                var from = (int)Math.Clamp(Math.Ceiling(crossings[i] - 0.5), 0, width);
                var to = (int)Math.Clamp(Math.Ceiling(crossings[i + 1] - 0.5), 0, width);
                if (to > from)
                {
                    mask.AsSpan((y * width) + from, to - from).Fill(true);
                }
            }
        }
    }
}
