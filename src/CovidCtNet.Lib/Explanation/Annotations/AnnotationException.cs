namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>An annotation file cannot be used; the message names the file, what is wrong and the cure.</summary>
public sealed class AnnotationException : ExplanationException
{
    internal AnnotationException(string path, string reason, string cure, Exception? innerException = null)
        : base($"{path}: {reason}. {cure}.", innerException)
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is wrong, as a phrase without a full stop.</summary>
    public string Reason { get; }
}
