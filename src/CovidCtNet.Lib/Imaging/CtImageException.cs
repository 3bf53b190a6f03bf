namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// A picture could not be read as a CT slice. The message names the file, what is wrong with it and what to do; the derived type
/// says which kind of trouble it is.
/// </summary>
public abstract class CtImageException : Exception
{
    private protected CtImageException(string? sourceName, string reason, string cure, Exception? innerException)
        : base($"{sourceName ?? "The image"}: {reason}. {cure}.", innerException)
    {
        SourceName = sourceName;
        Reason = reason;
        Cure = cure;
    }

    /// <summary>The file as it was given, or null for a stream without a name.</summary>
    public string? SourceName { get; }

    /// <summary>What is wrong, as a phrase without a full stop.</summary>
    public string Reason { get; }

    /// <summary>What to do about it, as a sentence without a full stop.</summary>
    public string Cure { get; }
}
