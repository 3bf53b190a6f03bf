using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>The windows of an occlusion map: a lattice over the part of the input that shows the slice, the last ones flush with its end.</summary>
internal sealed class OcclusionGrid
{
    public OcclusionGrid(CtPlacement placement, OcclusionOptions options)
    {
        var side = Math.Min(placement.TargetWidth, placement.TargetHeight);
        Patch = Math.Min(options.PatchSize ?? Math.Max(1, (int)Math.Round(side / 7.0)), Math.Min(placement.Width, placement.Height));
        var stride = options.Stride ?? Math.Max(1, Patch / 4);
        Columns = Starts(placement.OffsetX, placement.Width, Patch, stride);
        Rows = Starts(placement.OffsetY, placement.Height, Patch, stride);
    }

    /// <summary>Side of the window.</summary>
    public int Patch { get; }

    /// <summary>First column of each window in a row.</summary>
    public int[] Columns { get; }

    /// <summary>First row of each row of windows.</summary>
    public int[] Rows { get; }

    public int Count => Columns.Length * Rows.Length;

    public (int X, int Y) this[int window] => (Columns[window % Columns.Length], Rows[window / Columns.Length]);

    /// <summary>Mean drop of the windows that cover each pixel; 0 where none does.</summary>
    public float[] Spread(ReadOnlySpan<double> drops, int width, int height)
    {
        var (sum, cover) = (new float[width * height], new int[width * height]);
        for (var window = 0; window < Count; window++)
        {
            var (left, top) = this[window];
            for (var y = top; y < top + Patch; y++)
            {
                for (var x = left; x < left + Patch; x++)
                {
                    sum[(y * width) + x] += (float)drops[window];
                    cover[(y * width) + x]++;
                }
            }
        }

        for (var i = 0; i < sum.Length; i++)
        {
            sum[i] /= Math.Max(1, cover[i]);
        }

        return sum;
    }

    private static int[] Starts(int offset, int length, int patch, int stride)
    {
        List<int> starts = [];
        for (var at = 0; at + patch < length; at += stride)
        {
            starts.Add(offset + at);
        }

        starts.Add(offset + length - patch);
        return [.. starts];
    }
}
