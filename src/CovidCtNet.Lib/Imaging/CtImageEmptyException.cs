namespace CovidCtNet.Lib.Imaging;

/// <summary>The file or stream holds no bytes.</summary>
public sealed class CtImageEmptyException : CtImageException
{
    internal CtImageEmptyException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
