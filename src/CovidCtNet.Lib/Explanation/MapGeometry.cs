using System.Numerics.Tensors;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Explanation;

/// <summary>Carries maps from a layer's grid to the network's input and from there to the slice, with the resampling that made the input.</summary>
internal static class MapGeometry
{
    public static float[] ToInput(float[] grid, int width, int height, CtPlacement placement)
    {
        if (width == placement.TargetWidth && height == placement.TargetHeight)
        {
            return grid;
        }

        var input = new float[placement.TargetWidth * placement.TargetHeight];
        Resampler.Resize(grid, width, height, input, placement.TargetWidth, placement.TargetWidth, placement.TargetHeight);
        return Bounded(input);
    }

    /// <summary>
    /// The map at the network's input, each cell where it looks: linear between cells, level beyond the outermost. Where that is not known the
    /// map is stretched.
    /// </summary>
    public static float[] ToInput(float[] cells, int width, int height, OnnxCellGrid? looking, CtPlacement placement)
    {
        if (looking is not { } grid)
        {
            return ToInput(cells, width, height, placement);
        }

        var input = new float[placement.TargetWidth * placement.TargetHeight];
        var (columns, rows) = (Between(placement.TargetWidth, width, grid.FirstColumn, grid.ColumnStride), Between(placement.TargetHeight, height, grid.FirstRow, grid.RowStride));
        Span<float> row = new float[width];
        for (var y = 0; y < placement.TargetHeight; y++)
        {
            var (above, below, share) = rows[y];
            TensorPrimitives.Lerp(cells.AsSpan(above * width, width), cells.AsSpan(below * width, width), share, row);
            var target = input.AsSpan(y * placement.TargetWidth, placement.TargetWidth);
            for (var x = 0; x < target.Length; x++)
            {
                var (left, right, part) = columns[x];
                target[x] = row[left] + (part * (row[right] - row[left]));
            }
        }

        return input;
    }

    public static float[] ToSource(float[] input, CtPlacement placement)
    {
        var region = placement.Region;
        if (region == new CtRegion(0, 0, placement.SourceWidth, placement.SourceHeight)
            && placement.Width == placement.SourceWidth && placement.Height == placement.SourceHeight
            && placement.Width == placement.TargetWidth && placement.Height == placement.TargetHeight)
        {
            return input;
        }

        var shown = new float[placement.Width * placement.Height];
        for (var y = 0; y < placement.Height; y++)
        {
            input.AsSpan(((placement.OffsetY + y) * placement.TargetWidth) + placement.OffsetX, placement.Width).CopyTo(shown.AsSpan(y * placement.Width));
        }

        var values = new float[placement.SourceWidth * placement.SourceHeight];
        Resampler.Resize(
            shown, placement.Width, placement.Height, values.AsSpan((region.Y * placement.SourceWidth) + region.X), placement.SourceWidth, region.Width, region.Height);
        return Bounded(values);
    }

    public static double PaddingShare(ReadOnlySpan<float> input, CtPlacement placement)
    {
        var (all, shown) = (0.0, 0.0);
        for (var y = 0; y < placement.TargetHeight; y++)
        {
            for (var x = 0; x < placement.TargetWidth; x++)
            {
                var value = input[(y * placement.TargetWidth) + x];
                all += value;
                if (x >= placement.OffsetX && x < placement.OffsetX + placement.Width && y >= placement.OffsetY && y < placement.OffsetY + placement.Height)
                {
                    shown += value;
                }
            }
        }

        return all > 0 ? Math.Max(0, 1 - (shown / all)) : 0;
    }

    /// <summary>For each pixel the cells on both sides and the share of the second.</summary>
    private static (int First, int Second, float Share)[] Between(int pixels, int cells, double first, double stride)
    {
        var between = new (int, int, float)[pixels];
        for (var i = 0; i < pixels; i++)
        {
            var place = Math.Clamp((i - first) / stride, 0, cells - 1);
            var cell = (int)place;
            between[i] = (cell, Math.Min(cell + 1, cells - 1), (float)(place - cell));
        }

        return between;
    }

    // The weights of a resampled pixel add up to 1 only within rounding.
    private static float[] Bounded(float[] values)
    {
        TensorPrimitives.Min(values, 1f, values);
        TensorPrimitives.Max(values, 0f, values);
        return values;
    }
}
