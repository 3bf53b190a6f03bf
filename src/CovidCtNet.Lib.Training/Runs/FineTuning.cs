using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Export;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>Options for training on from a finished model, on other data.</summary>
public static class FineTuning
{
    /// <summary>
    /// Options with the network and preprocessing of a finished model, which the weights need, and a short run at a third of the usual
    /// learning rate.
    /// </summary>
    /// <param name="start">A run folder, an ONNX file that this library exported, or <c>default</c>: see <see cref="TrainingOptions.StartFrom"/>.</param>
    /// <exception cref="TrainingException">There is no such model, or its network is not known here.</exception>
    public static TrainingOptions OptionsFrom(string start)
    {
        ArgumentException.ThrowIfNullOrEmpty(start);
        var options = new TrainingOptions { Epochs = 12, StartFrom = start };
        options = options with { Optimizer = options.Optimizer with { LearningRate = 3e-4 } };
        if (Directory.Exists(start))
        {
            var file = Path.Combine(start, "options.json");
            var before = File.Exists(file) ? TrainingOptions.FromJson(File.ReadAllText(file)) : throw new TrainingException($"The folder '{start}' is no run: it has no options.json.");
            return options with { Network = before.Network, Preprocessing = before.Preprocessing, Augmentation = before.Augmentation };
        }

        var graph = StartingWeights.Open(start);
        if (!graph.Metadata.TryGetValue(ModelContract.MetadataKey, out var json))
        {
            throw new TrainingException($"'{start}' has no model contract: it was not exported by this library.");
        }

        var contract = ModelContract.FromJson(json);
        return options with { Network = OnnxImporter.OptionsOf(contract.Network), Preprocessing = contract.Preprocessing };
    }
}
