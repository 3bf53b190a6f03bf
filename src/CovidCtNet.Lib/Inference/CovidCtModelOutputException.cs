namespace CovidCtNet.Lib.Inference;

/// <summary>The model gave a value that is no number: a broken model or input, never a finding.</summary>
public sealed class CovidCtModelOutputException : CovidCtModelException
{
    internal CovidCtModelOutputException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
