using System.Globalization;
using System.Text.Json;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Optimisation;
using TorchSharp.Modules;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>
/// The state of a run after a step, in a folder <c>checkpoint-NNNNNNNN</c> that appears whole or not at all: weights, their average,
/// the best average so far, the optimizer and the history. Randomness needs no state, because every draw is seeded by its step.
/// </summary>
internal sealed class Checkpoint
{
    private const string Prefix = "checkpoint-";
    private const string Unfinished = "writing-";
    private readonly string _folder;

    private Checkpoint(string folder, CheckpointState state)
    {
        _folder = folder;
        State = state;
    }

    public CheckpointState State { get; }

    private string Best => Path.Combine(_folder, "best.weights");

    /// <summary>The newest checkpoint of a run folder, or null.</summary>
    /// <exception cref="TrainingException">It cannot be read.</exception>
    public static Checkpoint? Newest(string runFolder)
    {
        if (!Directory.Exists(runFolder) || Complete(runFolder).LastOrDefault() is not { } folder)
        {
            return null;
        }

        try
        {
            var state = JsonSerializer.Deserialize<CheckpointState>(File.ReadAllText(Path.Combine(folder, "state.json")), RunJson.Options)
                ?? throw new JsonException("empty");
            return new Checkpoint(folder, state);
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new TrainingException($"The checkpoint '{folder}' cannot be read ({e.Message}): remove it to go on from the one before it, or from the start.", e);
        }
    }

    /// <summary>Writes a checkpoint and removes the older ones.</summary>
    /// <param name="runFolder">Folder of the run.</param>
    /// <param name="state">Epoch and history.</param>
    /// <param name="network">The network being trained.</param>
    /// <param name="average">Its average.</param>
    /// <param name="optimizer">The optimizer with its state.</param>
    /// <param name="previous">Where the best weights come from if those of this moment are not the best.</param>
    /// <param name="isBest">True if the average is that of the best epoch.</param>
    /// <exception cref="TrainingException">It cannot be written, for want of room or rights; the checkpoint before it is whole.</exception>
    public static Checkpoint Save(string runFolder, CheckpointState state, CtNetwork network, CtNetwork average, OptimizerHelper optimizer, Checkpoint? previous, bool isBest)
    {
        var target = Path.Combine(runFolder, Prefix + state.Step.ToString("D8", CultureInfo.InvariantCulture));
        var temporary = Path.Combine(runFolder, Unfinished + Path.GetRandomFileName());
        try
        {
            Directory.CreateDirectory(temporary);
            TensorFile.Save(Path.Combine(temporary, "network.weights"), network.state_dict());
            TensorFile.Save(Path.Combine(temporary, "average.weights"), average.state_dict());
            TensorFile.Save(Path.Combine(temporary, "optimizer.state"), OptimizerTensors.Read(optimizer));
            if (isBest || previous is null)
            {
                File.Copy(Path.Combine(temporary, "average.weights"), Path.Combine(temporary, "best.weights"));
            }
            else
            {
                File.Copy(previous.Best, Path.Combine(temporary, "best.weights"));
            }

            File.WriteAllText(Path.Combine(temporary, "state.json"), JsonSerializer.Serialize(state, RunJson.Options));
            Directory.Move(temporary, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            throw new TrainingException(
                $"The checkpoint '{target}' cannot be written ({e.Message}){(previous is null ? "." : $": '{previous._folder}' is whole.")} Make room, then start the run again.", e);
        }

        // What a killed process was writing goes too.
        foreach (var old in Complete(runFolder).Where(f => f != target).Concat(Directory.EnumerateDirectories(runFolder, Unfinished + "*")).ToArray())
        {
            Remove(old);
        }

        return new Checkpoint(target, state);
    }

    /// <summary>Removes the checkpoints of a finished run whose weights nobody needs.</summary>
    public static void RemoveAll(string runFolder)
    {
        foreach (var folder in Complete(runFolder).Concat(Directory.EnumerateDirectories(runFolder, Unfinished + "*")).ToArray())
        {
            Remove(folder);
        }
    }

    /// <summary>Puts the saved state back.</summary>
    public void Restore(CtNetwork network, CtNetwork average, OptimizerHelper optimizer)
    {
        TensorFile.Load(Path.Combine(_folder, "network.weights"), network.state_dict());
        TensorFile.Load(Path.Combine(_folder, "average.weights"), average.state_dict());
        var state = OptimizerTensors.Read(optimizer);
        TensorFile.Load(Path.Combine(_folder, "optimizer.state"), state);
        OptimizerTensors.Apply(optimizer, state);
    }

    /// <summary>Puts the best averaged weights into <paramref name="network"/>.</summary>
    public void RestoreBest(CtNetwork network) => TensorFile.Load(Best, network.state_dict());

    // A folder that is removed is renamed first: a kill in between must not leave half of a checkpoint under its name.
    private static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                var gone = Path.Combine(Path.GetDirectoryName(folder)!, Unfinished + Path.GetRandomFileName());
                Directory.Move(folder, gone);
                Directory.Delete(gone, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An old folder that stays does no harm: the newest checkpoint counts.
        }
    }

    private static IEnumerable<string> Complete(string runFolder) =>
        Directory.EnumerateDirectories(runFolder, Prefix + "*").Order(StringComparer.Ordinal);
}
