namespace CovidCtNet.Lib.Inference;

/// <summary>The native ONNX Runtime is not installed or cannot be loaded; add the package that the message names.</summary>
public sealed class CovidCtRuntimeException : CovidCtModelException
{
    internal CovidCtRuntimeException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
