using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>
/// Reads the settings of a saved step from its constant column, once, and loads its model, once; safe to use from many threads. ML.NET
/// disposes of no mapping, so that the model goes when the garbage collector finds it.
/// </summary>
internal sealed class SettingsReader
{
    private readonly Lock _gate = new();
    private Known? _last;

    /// <exception cref="CovidCtPipelineException">The settings or the model were changed since they were saved.</exception>
    public SavedStep Read(ReadOnlyMemory<char> text) => Find(text, loads: false).Step;

    /// <exception cref="CovidCtPipelineException">The settings or the model were changed since they were saved.</exception>
    /// <exception cref="CovidCtModelException">The model or the runtime is not usable.</exception>
    public (SavedStep Step, CovidCtModel Model) ReadModel(ReadOnlyMemory<char> text)
    {
        var known = Find(text, loads: true);
        return (known.Step, known.Model!);
    }

    private Known Find(ReadOnlyMemory<char> text, bool loads)
    {
        if (Matching(text) is { } known)
        {
            return known;
        }

        lock (_gate)
        {
            if (Matching(text) is { } loadedMeanwhile)
            {
                return loadedMeanwhile;
            }

            var step = SavedStep.FromText(text.Span);
            var read = new Known(text, step with { Model = null }, loads ? step.LoadModel(new CovidCtModelOptions { BatchSize = 1, ImageLimits = step.Limits }) : null);
            Volatile.Write(ref _last, read);
            return read;
        }
    }

    // As a rule all rows share one text; comparing the characters of a whole model is for the exceptions.
    private Known? Matching(ReadOnlyMemory<char> text)
        => Volatile.Read(ref _last) is { } known && (text.Equals(known.Text) || text.Span.SequenceEqual(known.Text.Span)) ? known : null;

    private sealed record Known(ReadOnlyMemory<char> Text, SavedStep Step, CovidCtModel? Model);
}
