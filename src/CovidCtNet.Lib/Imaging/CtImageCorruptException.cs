namespace CovidCtNet.Lib.Imaging;

/// <summary>The picture is damaged: a checksum, the compressed data or the structure is wrong.</summary>
public sealed class CtImageCorruptException : CtImageException
{
    internal CtImageCorruptException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
