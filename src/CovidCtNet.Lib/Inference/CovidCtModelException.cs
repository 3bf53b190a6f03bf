namespace CovidCtNet.Lib.Inference;

/// <summary>
/// A model could not be loaded or run. The message names the model, what is wrong and what to do; the derived type says which kind of
/// trouble it is.
/// </summary>
public abstract class CovidCtModelException : Exception
{
    private protected CovidCtModelException(string? sourceName, string reason, string cure, Exception? innerException)
        : base($"{sourceName ?? "The model"}: {reason}. {cure}.", innerException)
    {
        SourceName = sourceName;
        Reason = reason;
        Cure = cure;
    }

    /// <summary>The model file as it was given, or null for a stream without a name.</summary>
    public string? SourceName { get; }

    /// <summary>What is wrong, as a phrase without a full stop.</summary>
    public string Reason { get; }

    /// <summary>What to do about it, as a sentence without a full stop.</summary>
    public string Cure { get; }
}
