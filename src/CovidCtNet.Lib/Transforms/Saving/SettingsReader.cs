namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Reads the settings of a saved step from its constant column, once; safe to use from many threads.</summary>
internal sealed class SettingsReader
{
    private Tuple<string, SavedStep>? _last;

    /// <exception cref="CovidCtPipelineException">The settings were changed since they were saved.</exception>
    public SavedStep Read(ReadOnlyMemory<char> text)
    {
        if (Volatile.Read(ref _last) is { } known && text.Span.SequenceEqual(known.Item1))
        {
            return known.Item2;
        }

        var read = text.ToString();
        var step = SavedStep.FromText(read);
        Volatile.Write(ref _last, Tuple.Create(read, step));
        return step;
    }
}
