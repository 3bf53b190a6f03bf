using System.Buffers;
using System.Numerics.Tensors;

namespace CovidCtNet.Lib.Imaging;

/// <summary>Anti-aliased bilinear resize of one plane.</summary>
internal static class Resampler
{
    /// <summary>Below this many taps a plain loop beats the set-up of a vectorised one.</summary>
    private const int VectorTaps = 16;

    /// <param name="source">[height, width] of the source.</param>
    /// <param name="width">Source columns.</param>
    /// <param name="height">Source rows.</param>
    /// <param name="target">Where the first target pixel goes; rows are <paramref name="targetStride"/> apart.</param>
    /// <param name="targetStride">From one target row to the next.</param>
    /// <param name="targetWidth">Target columns.</param>
    /// <param name="targetHeight">Target rows.</param>
    public static void Resize(
        ReadOnlySpan<float> source, int width, int height, Span<float> target, int targetStride, int targetWidth, int targetHeight)
    {
        var columns = ResampleTable.Of(width, targetWidth);
        var rows = ResampleTable.Of(height, targetHeight);

        // Rows first: whole rows add up with vector instructions, and only one blended row is held at a time.
        var rented = ArrayPool<float>.Shared.Rent(width);
        try
        {
            var blended = rented.AsSpan(0, width);
            for (var y = 0; y < targetHeight; y++)
            {
                var first = rows.Taps(y, out var weights);
                TensorPrimitives.Multiply(source.Slice(first * width, width), weights[0], blended);
                for (var k = 1; k < weights.Length; k++)
                {
                    TensorPrimitives.MultiplyAdd(source.Slice((first + k) * width, width), weights[k], blended, blended);
                }

                ResizeRow(blended, columns, target.Slice(y * targetStride, targetWidth));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static void ResizeRow(ReadOnlySpan<float> source, ResampleTable columns, Span<float> target)
    {
        for (var x = 0; x < target.Length; x++)
        {
            var first = columns.Taps(x, out var weights);
            var taps = source.Slice(first, weights.Length);
            if (taps.Length >= VectorTaps)
            {
                target[x] = TensorPrimitives.Dot(taps, weights);
                continue;
            }

            var sum = 0f;
            for (var k = 0; k < taps.Length; k++)
            {
                sum += taps[k] * weights[k];
            }

            target[x] = sum;
        }
    }
}
