namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>Outlines of a mask along pixel edges: one polygon for each part that hangs together by pixel edges.</summary>
internal static class PolygonTracer
{
    // Right, down, left, up: a step with the region on its right hand.
    private static readonly (int X, int Y)[] Steps = [(1, 0), (0, 1), (-1, 0), (0, -1)];

    public static IReadOnlyList<IReadOnlyList<AnnotationPoint>> Trace(ReadOnlySpan<bool> mask, int width, int height)
    {
        var (labels, areas) = MaskComponents.Of(mask, width, height);
        var loops = new List<List<AnnotationPoint>>[areas.Count];
        var seen = new bool[(width + 1) * (height + 1) * Steps.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                // Every loop has an edge that runs right or left along the top or bottom of a pixel.
                var label = labels[(y * width) + x];
                if (label == 0)
                {
                    continue;
                }

                if (!At(mask, x, y - 1, width, height))
                {
                    Follow(mask, x, y, 0, label);
                }

                if (!At(mask, x, y + 1, width, height))
                {
                    Follow(mask, x + 1, y + 1, 2, label);
                }
            }
        }

        return [.. loops.Skip(1).Select(Join)];

        void Follow(ReadOnlySpan<bool> pixels, int startX, int startY, int startDirection, int label)
        {
            if (seen[Index(startX, startY, startDirection)])
            {
                return;
            }

            List<AnnotationPoint> corners = [];
            var (x, y, direction) = (startX, startY, startDirection);
            do
            {
                seen[Index(x, y, direction)] = true;
                (x, y) = (x + Steps[direction].X, y + Steps[direction].Y);

                // The rightmost turn keeps pixels that touch at a corner apart.
                var next = (direction + 1) % Steps.Length;
                while (!IsEdge(pixels, x, y, next))
                {
                    next = (next + Steps.Length - 1) % Steps.Length;
                }

                if (next != direction)
                {
                    corners.Add(new AnnotationPoint(x, y));
                }

                direction = next;
            }
            while (x != startX || y != startY || direction != startDirection);

            (loops[label] ??= []).Add(corners);
        }

        int Index(int x, int y, int direction) => (((y * (width + 1)) + x) * Steps.Length) + direction;

        bool IsEdge(ReadOnlySpan<bool> pixels, int x, int y, int direction)
        {
            // The pixels on the right and on the left of the step.
            var (rightX, rightY, leftX, leftY) = direction switch
            {
                0 => (x, y, x, y - 1),
                1 => (x - 1, y, x, y),
                2 => (x - 1, y - 1, x - 1, y),
                _ => (x, y - 1, x - 1, y - 1),
            };
            return At(pixels, rightX, rightY, width, height) && !At(pixels, leftX, leftY, width, height);
        }
    }

    private static bool At(ReadOnlySpan<bool> mask, int x, int y, int width, int height) =>
        x >= 0 && y >= 0 && x < width && y < height && mask[(y * width) + x];

    /// <summary>The outside first; each hole hangs on the first corner by a line there and back.</summary>
    private static List<AnnotationPoint> Join(List<List<AnnotationPoint>> loops)
    {
        var outer = loops.MaxBy(SignedArea)!;
        if (loops.Count == 1)
        {
            return outer;
        }

        List<AnnotationPoint> joined = [.. outer];
        foreach (var hole in loops.Where(loop => loop != outer))
        {
            joined.Add(outer[0]);
            joined.AddRange(hole);
            joined.Add(hole[0]);
        }

        return joined;
    }

    private static double SignedArea(List<AnnotationPoint> loop)
    {
        var sum = 0.0;
        for (var i = 0; i < loop.Count; i++)
        {
            var (a, b) = (loop[i], loop[(i + 1) % loop.Count]);
            sum += (a.X * b.Y) - (b.X * a.Y);
        }

        return sum / 2;
    }
}
