using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Networks;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>Loads what <see cref="TrainingOptions.StartFrom"/> names.</summary>
internal static class StartingWeights
{
    /// <summary>Name of the split in a run folder.</summary>
    public const string SplitFile = "split.csv";

    private const string DefaultModel = "default";

    public static void Load(string start, CtNetwork network)
    {
        if (Directory.Exists(start))
        {
            var from = Checkpoint.Newest(start) ?? throw new TrainingException($"The folder '{start}' has no checkpoint to start from.");
            from.RestoreBest(network);
            return;
        }

        OnnxImporter.Restore(Open(start), network);
    }

    /// <summary>
    /// Refuses to go on from a run that has trained on slices this split holds out: its weights know them, and every figure would leak.
    /// What other files were trained on is not known here.
    /// </summary>
    /// <exception cref="LeakingSplitException">It has, and the split is not labelled as leaking.</exception>
    public static void RequireUnseen(string start, DataSplit split, IReadOnlyList<SliceRecord> slices)
    {
        var file = Path.Combine(start, SplitFile);
        if (split.IsLeaking || !File.Exists(file))
        {
            return;
        }

        var known = DataSplit.TrainingPaths(file);
        string[] seen = [.. split.Validation.Concat(split.Test).Select(i => slices[i].Path).Where(known.Contains)];
        if (seen.Length > 0)
        {
            throw new LeakingSplitException(
                $"The run '{start}' was trained on {seen.Length} slices that this split validates or tests on, the first: '{seen[0]}'. Start from a run of the same split, or allow a leaking split by name.");
        }
    }

    /// <summary>The ONNX graph of a file or of the default model.</summary>
    public static OnnxGraph Open(string start)
    {
        if (start != DefaultModel && !File.Exists(start))
        {
            throw new TrainingException($"'{start}' is no run folder, no ONNX file and not '{DefaultModel}': there is nothing to start from.");
        }

        try
        {
            using var stream = start == DefaultModel ? DefaultModelLocator.Open(ModelPrecision.Float32) : File.OpenRead(start);
            return OnnxGraph.Load(stream, start);
        }
        catch (Exception e) when (e is OnnxException or CovidCtModelException)
        {
            throw new TrainingException($"'{start}' cannot be started from: {e.Message}", e);
        }
    }
}
