namespace CovidCtNet.Lib.Inference;

/// <summary>The model carries no contract, or one that cannot be read or does not hold (see <see cref="ModelContract"/>).</summary>
public sealed class CovidCtModelContractException : CovidCtModelException
{
    internal CovidCtModelContractException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
