namespace CovidCtNet.Lib.Inference;

/// <summary>The weights are not those that the contract was written for.</summary>
public sealed class CovidCtModelWeightsException : CovidCtModelException
{
    internal CovidCtModelWeightsException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
