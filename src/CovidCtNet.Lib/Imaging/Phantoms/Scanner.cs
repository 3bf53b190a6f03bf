namespace CovidCtNet.Lib.Imaging.Phantoms;

/// <summary>What a scanner adds: a little blur, and noise whose grains are a few pixels wide.</summary>
internal static class Scanner
{
    /// <summary>Binomial blur (1 2 1) / 4 along both sides.</summary>
    public static void Blur(PhantomGrid grid, double[] values)
    {
        var copy = new double[values.Length];
        Pass(values, copy, grid.Height, grid.Width, grid.Width, 1);
        Pass(copy, values, grid.Width, grid.Height, 1, grid.Width);
    }

    public static void AddNoise(PhantomGrid grid, double[] values, double deviation, PhantomRandom random)
    {
        var noise = new double[values.Length];
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] = random.Normal();
        }

        Blur(grid, noise);

        // The blur leaves (1 + 4 + 1) / 16 of the variance on each side: 3 / 8 of the deviation in all.
        var scale = deviation * 8 / 3;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] += scale * noise[i];
        }
    }

    private static void Pass(double[] from, double[] to, int lines, int length, int lineStep, int step)
    {
        for (var line = 0; line < lines; line++)
        {
            var start = line * lineStep;
            for (var k = 0; k < length; k++)
            {
                var here = start + (k * step);
                var before = k > 0 ? from[here - step] : from[here];
                var after = k < length - 1 ? from[here + step] : from[here];
                to[here] = (before + from[here] + from[here] + after) / 4;
            }
        }
    }
}
