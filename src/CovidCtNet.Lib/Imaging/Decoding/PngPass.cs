namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>One pass over the pixels: the whole picture, or one of the seven of Adam7 (PNG specification, 8.2).</summary>
internal readonly record struct PngPass(int FirstColumn, int FirstRow, int ColumnStep, int RowStep, int Width, int Height)
{
    public static PngPass[] Of(PngHeader header)
    {
        if (!header.Interlaced)
        {
            return [new PngPass(0, 0, 1, 1, header.Width, header.Height)];
        }

        ReadOnlySpan<(int X, int Y, int StepX, int StepY)> adam7 =
            [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        var passes = new List<PngPass>(adam7.Length);
        foreach (var (x, y, stepX, stepY) in adam7)
        {
            // (n - first + step - 1) / step pixels, in long: the sides may be near the largest int.
            var width = (int)Math.Max(0, ((long)header.Width - x + stepX - 1) / stepX);
            var height = (int)Math.Max(0, ((long)header.Height - y + stepY - 1) / stepY);

            // An empty pass is not in the file at all, not even as filter bytes.
            if (width > 0 && height > 0)
            {
                passes.Add(new PngPass(x, y, stepX, stepY, width, height));
            }
        }

        return [.. passes];
    }
}
