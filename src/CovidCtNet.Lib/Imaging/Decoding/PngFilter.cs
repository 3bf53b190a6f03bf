using System.Numerics.Tensors;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Undoes the row filters of PNG (specification, 9.2); arithmetic is modulo 256.</summary>
internal static class PngFilter
{
    /// <summary>Undoes <paramref name="filter"/> in place; false where the filter is unknown.</summary>
    /// <param name="filter">0 none, 1 sub, 2 up, 3 average, 4 Paeth.</param>
    /// <param name="row">The filtered row.</param>
    /// <param name="above">The finished row above, zeros for the first.</param>
    /// <param name="stride">Bytes of a whole pixel, at least one.</param>
    public static bool Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int stride)
    {
        switch (filter)
        {
            case 0:
                return true;
            case 1:
                UndoSub(row, stride);
                return true;
            case 2:
                UndoUp(row, above);
                return true;
            case 3:
                UndoAverage(row, above, stride);
                return true;
            case 4:
                UndoPaeth(row, above, stride);
                return true;
            default:
                return false;
        }
    }

    // A channel after the other: the sample to the left and the corner stay in registers.
    private static void UndoSub(Span<byte> row, int stride)
    {
        for (var channel = 0; channel < stride; channel++)
        {
            byte left = 0;
            for (var i = channel; i < row.Length; i += stride)
            {
                left = row[i] += left;
            }
        }
    }

    private static void UndoUp(Span<byte> row, ReadOnlySpan<byte> above) => TensorPrimitives.Add(row, above, row);

    private static void UndoAverage(Span<byte> row, ReadOnlySpan<byte> above, int stride)
    {
        above = above[..row.Length];
        for (var channel = 0; channel < stride; channel++)
        {
            byte left = 0;
            for (var i = channel; i < row.Length; i += stride)
            {
                left = row[i] += (byte)((left + above[i]) / 2);
            }
        }
    }

    private static void UndoPaeth(Span<byte> row, ReadOnlySpan<byte> above, int stride)
    {
        above = above[..row.Length];
        for (var channel = 0; channel < stride; channel++)
        {
            byte left = 0;
            byte corner = 0;
            for (var i = channel; i < row.Length; i += stride)
            {
                var up = above[i];
                left = row[i] += (byte)Paeth(left, up, corner);
                corner = up;
            }
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        var toLeft = Math.Abs(up - corner);
        var toUp = Math.Abs(left - corner);
        var toCorner = Math.Abs(left + up - corner - corner);
        if (toLeft <= toUp && toLeft <= toCorner)
        {
            return left;
        }

        return toUp <= toCorner ? up : corner;
    }
}
