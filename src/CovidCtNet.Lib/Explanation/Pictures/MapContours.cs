namespace CovidCtNet.Lib.Explanation.Pictures;

/// <summary>Contour lines of a map by marching squares (Maple, 2003), and outlines of masks along pixel edges.</summary>
internal static class MapContours
{
    /// <summary>The lines at which the interpolated values cross a level, in continuous coordinates (pixel centres at i + 0.5).</summary>
    public static List<Segment> OfLevel(ReadOnlySpan<float> values, int width, int height, float level)
    {
        List<Segment> segments = [];
        Span<(float X, float Y)> crossings = stackalloc (float, float)[4];
        for (var y = 0; y + 1 < height; y++)
        {
            for (var x = 0; x + 1 < width; x++)
            {
                var a = values[(y * width) + x];
                var b = values[(y * width) + x + 1];
                var c = values[((y + 1) * width) + x + 1];
                var d = values[((y + 1) * width) + x];
                var count = 0;
                Cross(crossings, ref count, a, b, level, x + 0.5f, y + 0.5f, 1, 0);
                Cross(crossings, ref count, b, c, level, x + 1.5f, y + 0.5f, 0, 1);
                Cross(crossings, ref count, d, c, level, x + 0.5f, y + 1.5f, 1, 0);
                Cross(crossings, ref count, a, d, level, x + 0.5f, y + 0.5f, 0, 1);
                if (count == 2)
                {
                    segments.Add(new(crossings[0], crossings[1]));
                }
                else if (count == 4)
                {
                    // A saddle: the mean at the centre tells which corners belong together.
                    var joined = (a + b + c + d) / 4 >= level == a >= level;
                    segments.Add(new(crossings[0], crossings[joined ? 1 : 3]));
                    segments.Add(new(crossings[2], crossings[joined ? 3 : 1]));
                }
            }
        }

        return segments;
    }

    /// <summary>The edges between pixels inside and outside a mask, in continuous coordinates.</summary>
    public static List<Segment> OfMask(ReadOnlySpan<bool> mask, int width, int height)
    {
        List<Segment> segments = [];
        for (var y = 0; y <= height; y++)
        {
            for (var x = 0; x <= width; x++)
            {
                var inside = At(mask, x, y);
                if (inside != At(mask, x - 1, y))
                {
                    segments.Add(new((x, y), (x, y + 1)));
                }

                if (inside != At(mask, x, y - 1))
                {
                    segments.Add(new((x, y), (x + 1, y)));
                }
            }
        }

        return segments;

        bool At(ReadOnlySpan<bool> pixels, int x, int y) => x >= 0 && y >= 0 && x < width && y < height && pixels[(y * width) + x];
    }

    private static void Cross(Span<(float X, float Y)> crossings, ref int count, float from, float to, float level, float x, float y, int stepX, int stepY)
    {
        if (from >= level != to >= level)
        {
            var share = (level - from) / (to - from);
            crossings[count++] = (x + (share * stepX), y + (share * stepY));
        }
    }

    /// <summary>A straight piece of a line.</summary>
    internal readonly record struct Segment((float X, float Y) From, (float X, float Y) To);
}
