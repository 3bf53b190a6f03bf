using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Lib.Training.Audit;

/// <summary>A run that another starts from: its weights know the slices that they were trained on.</summary>
public static class StartingRun
{
    /// <summary>Name of the split in a run folder.</summary>
    internal const string SplitFile = "split.csv";

    /// <summary>
    /// Lets a split pass whose validation and test slices are of scan groups that the run to start from was not trained on; every figure would leak
    /// otherwise. A run is known by the <c>split.csv</c> of its folder; what other ONNX files and the default model were trained on is
    /// not known here.
    /// </summary>
    /// <param name="options">Options of the new run; see <see cref="TrainingOptions.StartFrom"/>.</param>
    /// <param name="split">Its split.</param>
    /// <param name="slices">The slices of the split.</param>
    /// <param name="allowLeaking">True labels a leaking split instead of refusing it.</param>
    /// <returns>The split, labelled as leaking where it is.</returns>
    /// <exception cref="LeakingSplitException">The split leaks and <paramref name="allowLeaking"/> is false.</exception>
    /// <exception cref="DatasetException">The split of the run to start from cannot be read.</exception>
    public static DataSplit RequireUnseen(TrainingOptions options, DataSplit split, IReadOnlyList<SliceRecord> slices, bool allowLeaking = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(slices);
        if (split.IsLeaking || options.StartFrom is not { } start
            || SlicesKnownTo(start, [.. split.Validation.Concat(split.Test).Select(i => slices[i])], slices) is not { Count: > 0 } known)
        {
            return split;
        }

        var why = $"'{start}' was trained on {known.Count} slices, or others of their scan groups, that this split validates or tests on";
        return allowLeaking
            ? split.AsLeaking(why)
            : throw new LeakingSplitException($"The split leaks: {why}, the first: '{known[0].Path}'. Start from a run of the same split, or allow a leaking split by name.");
    }

    /// <summary>
    /// Slices that a run was trained on, or that are of scan groups that it was trained on. Files are known by their content too: a link to a
    /// slice or a copy of it is the same slice.
    /// </summary>
    /// <param name="run">The run folder, or a model in it.</param>
    /// <param name="judged">The slices that are asked for.</param>
    /// <param name="slices">All slices of their data set, for the groups.</param>
    /// <returns>Those of <paramref name="judged"/> that the run knows; null where the folder has no <c>split.csv</c>, so that nothing is known.</returns>
    /// <exception cref="DatasetException">The split of the run cannot be read.</exception>
    public static IReadOnlyList<SliceRecord>? SlicesKnownTo(string run, IReadOnlyList<SliceRecord> judged, IReadOnlyList<SliceRecord> slices)
    {
        ArgumentException.ThrowIfNullOrEmpty(run);
        ArgumentNullException.ThrowIfNull(judged);
        ArgumentNullException.ThrowIfNull(slices);
        if (FolderOf(run) is not { } folder || Path.Combine(folder, SplitFile) is var file && !File.Exists(file))
        {
            return null;
        }

        var trained = new TrainedSlices(file);
        var groups = slices.Where(s => s.Group is not null && trained.Contains(s)).Select(s => s.Group).ToHashSet(StringComparer.Ordinal);
        return [.. judged.Where(s => groups.Contains(s.Group) || trained.Contains(s))];
    }

    private static string? FolderOf(string start) => Directory.Exists(start) ? start : File.Exists(start) ? Path.GetDirectoryName(Path.GetFullPath(start)) : null;
}
