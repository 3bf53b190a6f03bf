namespace CovidCtNet.Lib.Training.Audit;

/// <summary>A part of a plane; left, top, width and height as shares of the plane's sides.</summary>
internal readonly record struct CropBox(float Left, float Top, float ScaleX, float ScaleY)
{
    /// <summary>The whole plane.</summary>
    public static CropBox Whole { get; } = new(0, 0, 1, 1);

    /// <summary>Every combination of keeping each border or cutting a share off it, the whole plane first.</summary>
    public static CropBox[] Cuts(float share) =>
    [
        .. from left in (float[])[0, share]
           from right in (float[])[0, share]
           from top in (float[])[0, share]
           from bottom in (float[])[0, share]
           select new CropBox(left, top, 1 - left - right, 1 - top - bottom),
    ];

    /// <summary>Moves the left and top borders and the scales, but no border farther than a limit from the plane's own.</summary>
    public CropBox Moved(float left, float scaleX, float top, float scaleY, float farthest)
    {
        var x = Math.Clamp(Left + left, -farthest, farthest);
        var y = Math.Clamp(Top + top, -farthest, farthest);
        return new CropBox(
            x, y, Math.Clamp(ScaleX + scaleX, 1 - farthest - x, 1 + farthest - x), Math.Clamp(ScaleY + scaleY, 1 - farthest - y, 1 + farthest - y));
    }

    /// <summary>Samples the part bilinearly to a square plane; what lies outside repeats the border.</summary>
    public void Sample(ReadOnlySpan<float> plane, int planeSide, Span<float> result, int side)
    {
        Span<int> first = stackalloc int[side];
        Span<int> second = stackalloc int[side];
        Span<float> weight = stackalloc float[side];
        for (var x = 0; x < side; x++)
        {
            (first[x], second[x], weight[x]) = Tap(Left + (ScaleX * (x + 0.5f) / side), planeSide);
        }

        for (var y = 0; y < side; y++)
        {
            var (upper, lower, down) = Tap(Top + (ScaleY * (y + 0.5f) / side), planeSide);
            var a = plane.Slice(upper * planeSide, planeSide);
            var b = plane.Slice(lower * planeSide, planeSide);
            for (var x = 0; x < side; x++)
            {
                var above = a[first[x]] + (weight[x] * (a[second[x]] - a[first[x]]));
                var below = b[first[x]] + (weight[x] * (b[second[x]] - b[first[x]]));
                result[(y * side) + x] = above + (down * (below - above));
            }
        }
    }

    private static (int First, int Second, float Weight) Tap(float position, int side)
    {
        var pixel = Math.Clamp((position * side) - 0.5f, 0, side - 1);
        var first = Math.Min((int)pixel, side - 2);
        return (first, first + 1, pixel - first);
    }
}
