namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>A separable Gaussian, cut at three standard deviations and renormalised at the border.</summary>
internal static class GaussianBlur
{
    public static float[] Apply(ReadOnlySpan<float> plane, int width, int height, double deviation)
    {
        var radius = Math.Max(1, (int)Math.Ceiling(3 * deviation));
        var kernel = new float[(2 * radius) + 1];
        for (var i = 0; i < kernel.Length; i++)
        {
            var t = (i - radius) / deviation;
            kernel[i] = (float)Math.Exp(-0.5 * t * t);
        }

        var rows = new float[plane.Length];
        for (var y = 0; y < height; y++)
        {
            Line(plane.Slice(y * width, width), rows.AsSpan(y * width, width), kernel, radius);
        }

        var result = new float[plane.Length];
        var (column, blurred) = (new float[height], new float[height]);
        for (var x = 0; x < width; x++)
        {
            for (var y = 0; y < height; y++)
            {
                column[y] = rows[(y * width) + x];
            }

            Line(column, blurred, kernel, radius);
            for (var y = 0; y < height; y++)
            {
                result[(y * width) + x] = blurred[y];
            }
        }

        return result;
    }

    private static void Line(ReadOnlySpan<float> source, Span<float> target, float[] kernel, int radius)
    {
        for (var i = 0; i < source.Length; i++)
        {
            var (sum, weight) = (0f, 0f);
            for (var j = Math.Max(0, i - radius); j <= Math.Min(source.Length - 1, i + radius); j++)
            {
                var w = kernel[j - i + radius];
                sum += w * source[j];
                weight += w;
            }

            target[i] = sum / weight;
        }
    }
}
