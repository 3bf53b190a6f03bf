using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Networks;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>Loads what <see cref="TrainingOptions.StartFrom"/> names.</summary>
internal static class StartingWeights
{
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
