using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace CovidCtNet.Lib.Imaging;

/// <summary>Anti-aliased bilinear resize of one plane.</summary>
internal static class Resampler
{
    /// <summary>As the other, for a source without gaps between its rows.</summary>
    public static void Resize(
        ReadOnlySpan<float> source, int width, int height, Span<float> target, int targetStride, int targetWidth, int targetHeight) =>
        Resize(source, width, width, height, target, targetStride, targetWidth, targetHeight);

    /// <summary>Resizes one plane, or a part of one.</summary>
    /// <param name="source">[height, width] of the source; rows are <paramref name="sourceStride"/> apart.</param>
    /// <param name="sourceStride">From one source row to the next.</param>
    /// <param name="width">Source columns.</param>
    /// <param name="height">Source rows.</param>
    /// <param name="target">Where the first target pixel goes; rows are <paramref name="targetStride"/> apart.</param>
    /// <param name="targetStride">From one target row to the next.</param>
    /// <param name="targetWidth">Target columns.</param>
    /// <param name="targetHeight">Target rows.</param>
    public static void Resize(
        ReadOnlySpan<float> source, int sourceStride, int width, int height, Span<float> target, int targetStride, int targetWidth, int targetHeight)
    {
        var columns = ResampleTable.Of(width, targetWidth);
        var rows = ResampleTable.Of(height, targetHeight);

        // Rows first: whole rows add up with vector instructions, and only one blended row is held at a time. Zeros follow it, because the
        // vectors of the last pixels' weights, which end in zeros, reach beyond.
        var rented = ArrayPool<float>.Shared.Rent(width + columns.Stride);
        try
        {
            var blended = rented.AsSpan(0, width + columns.Stride);
            blended[width..].Clear();
            for (var y = 0; y < targetHeight; y++)
            {
                var first = rows.Taps(y, out var weights);
                Blend(source.Slice(first * sourceStride, ((weights.Length - 1) * sourceStride) + width), sourceStride, weights, blended[..width]);
                ResizeRow(blended, columns, target.Slice(y * targetStride, targetWidth));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>The weighted sum of rows.</summary>
    private static void Blend(ReadOnlySpan<float> rows, int stride, ReadOnlySpan<float> weights, Span<float> blended)
    {
        ref var source = ref MemoryMarshal.GetReference(rows);
        ref var target = ref MemoryMarshal.GetReference(blended);
        var x = 0;
        for (; x <= blended.Length - Vector<float>.Count; x += Vector<float>.Count)
        {
            var sum = Vector.LoadUnsafe(ref source, (nuint)x) * weights[0];
            for (var k = 1; k < weights.Length; k++)
            {
                sum += Vector.LoadUnsafe(ref source, (nuint)((k * stride) + x)) * weights[k];
            }

            sum.StoreUnsafe(ref target, (nuint)x);
        }

        for (; x < blended.Length; x++)
        {
            var sum = 0f;
            for (var k = 0; k < weights.Length; k++)
            {
                sum += rows[(k * stride) + x] * weights[k];
            }

            blended[x] = sum;
        }
    }

    /// <summary>One row, which is followed by a vector of finite values at least.</summary>
    private static void ResizeRow(ReadOnlySpan<float> source, ResampleTable columns, Span<float> target)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var weights = ref MemoryMarshal.GetReference(columns.PaddedWeights);
        var first = columns.First;
        var stride = columns.Stride;
        for (var x = 0; x < target.Length; x++)
        {
            var (at, weight) = ((nuint)first[x], (nuint)(x * stride));
            var sum = Vector.LoadUnsafe(ref from, at) * Vector.LoadUnsafe(ref weights, weight);
            for (var k = Vector<float>.Count; k < stride; k += Vector<float>.Count)
            {
                sum += Vector.LoadUnsafe(ref from, at + (nuint)k) * Vector.LoadUnsafe(ref weights, weight + (nuint)k);
            }

            target[x] = Vector.Sum(sum);
        }
    }
}
