using System.Collections.Concurrent;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Training.Data;

/// <summary>The slices of a manifest, decoded once and held in memory at the size that the network sees.</summary>
public sealed class SliceDataset
{
    private readonly float[][] _planes;

    private SliceDataset(IReadOnlyList<SliceRecord> slices, float[][] planes, CtPreprocessing preprocessing, IReadOnlyList<UnreadableSlice> unreadable, SliceManifest manifest)
    {
        Slices = slices;
        _planes = planes;
        Preprocessing = preprocessing;
        Unreadable = unreadable;
        Manifest = manifest;
    }

    /// <summary>The slices, in the manifest's order, without the unreadable ones.</summary>
    public IReadOnlyList<SliceRecord> Slices { get; }

    /// <summary>The preprocessing that inference will apply; the planes here have everything of it but the normalisation.</summary>
    public CtPreprocessing Preprocessing { get; }

    /// <summary>Files that were skipped, with their reasons.</summary>
    public IReadOnlyList<UnreadableSlice> Unreadable { get; }

    /// <summary>The manifest that the slices came from.</summary>
    public SliceManifest Manifest { get; }

    /// <summary>Decodes and resizes every slice, in parallel.</summary>
    /// <param name="manifest">The slices.</param>
    /// <param name="preprocessing">Size, fit and normalisation; the same record goes into the exported model.</param>
    /// <param name="skipUnreadable">True leaves unreadable files out and lists them in <see cref="Unreadable"/>.</param>
    /// <param name="progress">Gets the number of slices done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DatasetException">Files are unreadable and <paramref name="skipUnreadable"/> is false.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SliceDataset Load(SliceManifest manifest, CtPreprocessing preprocessing, bool skipUnreadable = false, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(preprocessing);
        var intensity = Intensity(preprocessing);
        var planes = new float[manifest.Slices.Count][];
        var unreadable = new ConcurrentDictionary<int, UnreadableSlice>();
        var done = 0;
        Parallel.For(0, planes.Length, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            var path = manifest.Slices[i].Path;
            try
            {
                planes[i] = intensity.Apply(CtImage.Load(path));
            }
            catch (Exception e) when (e is CtImageException or IOException or UnauthorizedAccessException)
            {
                unreadable[i] = new UnreadableSlice(path, e.Message);
            }

            progress?.Report(Interlocked.Increment(ref done));
        });

        var listed = unreadable.OrderBy(p => p.Key).Select(p => p.Value).ToArray();
        if (listed.Length > 0 && !skipUnreadable)
        {
            throw new DatasetException(
                $"{listed.Length} of {planes.Length} files cannot be read, the first: {listed[0].Path}: {listed[0].Reason} Mend or remove them, or skip them on request.", listed);
        }

        var kept = Enumerable.Range(0, planes.Length).Where(i => !unreadable.ContainsKey(i)).ToArray();
        return new SliceDataset([.. kept.Select(i => manifest.Slices[i])], [.. kept.Select(i => planes[i])], preprocessing, listed, manifest);
    }

    /// <summary>A data set of slices that another reader has decoded.</summary>
    /// <param name="slices">Labels and groups of the slices.</param>
    /// <param name="images">The slices, in the same order; read once.</param>
    /// <param name="preprocessing">Size, fit and normalisation.</param>
    /// <param name="positiveClass">Name of the positive class.</param>
    /// <param name="negativeClass">Name of the other class.</param>
    internal static SliceDataset FromImages(
        IReadOnlyList<SliceRecord> slices, IEnumerable<CtImage> images, CtPreprocessing preprocessing, string positiveClass, string negativeClass)
    {
        var intensity = Intensity(preprocessing);
        return new SliceDataset(slices, [.. images.Select(intensity.Apply)], preprocessing, [], new SliceManifest(slices, positiveClass, negativeClass));
    }

    /// <summary>Writes the intensities in [0, 1] of the given slices, one [1, H, W] plane behind the other.</summary>
    internal float[] Gather(ReadOnlySpan<int> indices)
    {
        var size = _planes[0].Length;
        var batch = new float[indices.Length * size];
        for (var i = 0; i < indices.Length; i++)
        {
            _planes[indices[i]].CopyTo(batch.AsSpan(i * size, size));
        }

        return batch;
    }

    // Augmentation works on intensities in [0, 1]; normalisation follows it, by the values of the preprocessing record.
    private static CtPreprocessing Intensity(CtPreprocessing preprocessing) => preprocessing with { Mean = 0, StandardDeviation = 1 };
}
