namespace CovidCtNet.Lib.Inference;

/// <summary>The file exceeds <see cref="CovidCtModelOptions.MaximumModelBytes"/>.</summary>
public sealed class CovidCtModelTooLargeException : CovidCtModelException
{
    internal CovidCtModelTooLargeException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
