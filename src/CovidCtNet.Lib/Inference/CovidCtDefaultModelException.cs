namespace CovidCtNet.Lib.Inference;

/// <summary>The default model is not installed; add the package that the message names.</summary>
public sealed class CovidCtDefaultModelException : CovidCtModelException
{
    internal CovidCtDefaultModelException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
