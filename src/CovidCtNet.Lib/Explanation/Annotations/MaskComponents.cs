namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>Numbers the parts of a mask that hang together by pixel edges.</summary>
internal static class MaskComponents
{
    /// <returns>The part of each pixel, 0 for none, from 1; and the number of pixels of each part.</returns>
    public static (int[] Labels, List<int> Areas) Of(ReadOnlySpan<bool> mask, int width, int height)
    {
        var labels = new int[mask.Length];
        List<int> areas = [0];
        Stack<int> open = new();
        for (var start = 0; start < mask.Length; start++)
        {
            if (!mask[start] || labels[start] != 0)
            {
                continue;
            }

            var label = areas.Count;
            areas.Add(0);
            labels[start] = label;
            open.Push(start);
            while (open.TryPop(out var at))
            {
                areas[label]++;
                var (x, y) = (at % width, at / width);
                Visit(mask, x > 0, at - 1);
                Visit(mask, x + 1 < width, at + 1);
                Visit(mask, y > 0, at - width);
                Visit(mask, y + 1 < height, at + width);
            }

            void Visit(ReadOnlySpan<bool> pixels, bool exists, int at)
            {
                if (exists && pixels[at] && labels[at] == 0)
                {
                    labels[at] = label;
                    open.Push(at);
                }
            }
        }

        return (labels, areas);
    }
}
