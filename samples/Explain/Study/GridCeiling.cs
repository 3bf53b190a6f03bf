using CovidCtNet.Lib.Explanation.Annotations;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary>
/// The most that a map on a coarse grid can reach: the mask itself, averaged over the cells of the grid and enlarged again as maps are.
/// </summary>
internal static class GridCeiling
{
    /// <summary>Share of such a map inside the mask, in [0, 1].</summary>
    public static double Energy(InfectionAnnotation annotation, int columns, int rows)
    {
        var (mask, width, height) = (annotation.ToMask(), annotation.Width, annotation.Height);
        var cells = new double[columns * rows];
        for (var i = 0; i < mask.Length; i++)
        {
            cells[(i / width * rows / height * columns) + (i % width * columns / width)] += mask[i] ? 1 : 0;
        }

        var (inside, all) = (0.0, 0.0);
        for (var i = 0; i < mask.Length; i++)
        {
            var (x, fx) = Cell(i % width, width, columns);
            var (y, fy) = Cell(i / width, height, rows);
            var (x1, y1) = (Math.Min(x + 1, columns - 1), Math.Min(y + 1, rows - 1));
            var value = ((((cells[(y * columns) + x] * (1 - fx)) + (cells[(y * columns) + x1] * fx)) * (1 - fy))
                + (((cells[(y1 * columns) + x] * (1 - fx)) + (cells[(y1 * columns) + x1] * fx)) * fy));
            all += value;
            inside += mask[i] ? value : 0;
        }

        return inside / all;
    }

    private static (int First, double Weight) Cell(int pixel, int pixels, int cells)
    {
        var position = Math.Clamp(((pixel + 0.5) * cells / pixels) - 0.5, 0, cells - 1);
        return ((int)position, position - (int)position);
    }
}
