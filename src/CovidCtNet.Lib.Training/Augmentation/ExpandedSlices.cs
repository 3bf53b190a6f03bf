using System.Security.Cryptography;
using System.Text;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Native;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Augmentation;

/// <summary>
/// A training set made larger once and for all: each slice as it is and some variants of it, fixed by a seed, as COVID CT-Net (arXiv
/// 2009.05096) enlarged its set fourfold. The other way is to change each slice anew every time it is seen.
/// </summary>
/// <remarks>Held in memory: <see cref="Count"/> planes of 4 bytes a pixel. Only training slices may be expanded.</remarks>
public sealed class ExpandedSlices
{
    private readonly SliceDataset _dataset;
    private readonly int[] _slices;
    private readonly float[][] _variants;
    private readonly int _perSlice;

    private ExpandedSlices(SliceDataset dataset, int[] slices, float[][] variants, int perSlice) =>
        (_dataset, _slices, _variants, _perSlice) = (dataset, slices, variants, perSlice);

    /// <summary>How many planes there are: the slices times one more than the variants of each.</summary>
    public int Count => _slices.Length * (1 + _perSlice);

    /// <summary>Makes the variants.</summary>
    /// <param name="dataset">Decoded slices.</param>
    /// <param name="slices">Which of them to expand: the training side of a split.</param>
    /// <param name="options">What the variants go through.</param>
    /// <param name="seed">The same seed gives the same variants of a slice, whichever others are expanded with it.</param>
    /// <param name="variants">Variants of each slice, at least 1; the paper's fourfold set has 3.</param>
    /// <param name="progress">Gets the number of slices done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="TorchNotAvailableException">No libtorch on this machine.</exception>
    public static ExpandedSlices Create(
        SliceDataset dataset, IReadOnlyList<int> slices, AugmentationOptions options, int seed, int variants = 3, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(variants, 1);
        TorchRuntime.EnsureLoaded();
        var planes = new float[slices.Count * variants][];
        for (var i = 0; i < slices.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var slice = tensor(dataset.Gather([slices[i]]), [1, 1, dataset.Preprocessing.Height, dataset.Preprocessing.Width]);
            for (var v = 0; v < variants; v++)
            {
                // A slice of its own for each variant, so that a variant does not depend on its batch.
                planes[(i * variants) + v] = Augmenter.Apply(slice, options, SeedOf(seed, slices[i], v)).data<float>().ToArray();
            }

            progress?.Report(i + 1);
        }

        return new ExpandedSlices(dataset, [.. slices], planes, variants);
    }

    /// <summary>The slice of the data set, and so the label, of a plane.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1; the planes of a slice lie behind each other, the unchanged one first.</param>
    public int SliceOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _slices[index / (1 + _perSlice)];
    }

    /// <summary>Writes the intensities in [0, 1] of the given planes, one [1, H, W] plane behind the other.</summary>
    internal float[] Gather(ReadOnlySpan<int> indices)
    {
        var size = _dataset.Preprocessing.Height * _dataset.Preprocessing.Width;
        var batch = new float[indices.Length * size];
        for (var i = 0; i < indices.Length; i++)
        {
            var (slice, variant) = Math.DivRem(indices[i], 1 + _perSlice);
            var plane = variant == 0 ? _dataset.Gather([_slices[slice]]) : _variants[(slice * _perSlice) + variant - 1];
            plane.CopyTo(batch.AsSpan(i * size, size));
        }

        return batch;
    }

    private static int SeedOf(int seed, int slice, int variant) =>
        BitConverter.ToInt32(SHA256.HashData(Encoding.ASCII.GetBytes($"variant {seed}/{slice}/{variant}"))) & int.MaxValue;
}
