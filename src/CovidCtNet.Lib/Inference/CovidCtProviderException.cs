namespace CovidCtNet.Lib.Inference;

/// <summary>The execution provider that was asked for is not there; add the package that the message names, or allow the CPU.</summary>
public sealed class CovidCtProviderException : CovidCtModelException
{
    internal CovidCtProviderException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
