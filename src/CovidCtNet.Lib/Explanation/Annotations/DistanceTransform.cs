namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>Exact squared Euclidean distances to the nearest pixel of a set (Felzenszwalb and Huttenlocher, Theory of Computing 2012).</summary>
internal static class DistanceTransform
{
    private const double Far = 1e18;

    /// <returns>The squared distance in pixels from each pixel centre to the nearest of the set; about 1e18 where the set is empty.</returns>
    public static double[] Squared(ReadOnlySpan<bool> set, int width, int height)
    {
        var values = new double[set.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = set[i] ? 0 : Far;
        }

        var length = Math.Max(width, height);
        var (line, result, places, limits) = (new double[length], new double[length], new int[length], new double[length + 1]);
        for (var x = 0; x < width; x++)
        {
            Pass(x, width, height);
        }

        for (var y = 0; y < height; y++)
        {
            Pass(y * width, 1, width);
        }

        return values;

        void Pass(int start, int stride, int count)
        {
            for (var i = 0; i < count; i++)
            {
                line[i] = values[start + (i * stride)];
            }

            LowerEnvelope(line.AsSpan(0, count), result, places, limits);
            for (var i = 0; i < count; i++)
            {
                values[start + (i * stride)] = result[i];
            }
        }
    }

    /// <summary>The lower envelope of parabolas, one at each place.</summary>
    private static void LowerEnvelope(ReadOnlySpan<double> line, double[] result, int[] places, double[] limits)
    {
        var last = 0;
        places[0] = 0;
        limits[0] = double.NegativeInfinity;
        limits[1] = double.PositiveInfinity;
        for (var q = 1; q < line.Length; q++)
        {
            double meet;
            while ((meet = Meet(line, q, places[last])) <= limits[last])
            {
                last--;
            }

            last++;
            places[last] = q;
            limits[last] = meet;
            limits[last + 1] = double.PositiveInfinity;
        }

        last = 0;
        for (var q = 0; q < line.Length; q++)
        {
            while (limits[last + 1] < q)
            {
                last++;
            }

            var distance = (double)(q - places[last]);
            result[q] = (distance * distance) + line[places[last]];
        }
    }

    private static double Meet(ReadOnlySpan<double> line, int q, int p) =>
        (line[q] + ((double)q * q) - line[p] - ((double)p * p)) / (2.0 * (q - p));
}
