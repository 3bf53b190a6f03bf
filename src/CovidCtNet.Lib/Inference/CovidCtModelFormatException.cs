namespace CovidCtNet.Lib.Inference;

/// <summary>The file is no ONNX model that can be used: damaged, split into external data, or with other inputs or outputs.</summary>
public sealed class CovidCtModelFormatException : CovidCtModelException
{
    internal CovidCtModelFormatException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
