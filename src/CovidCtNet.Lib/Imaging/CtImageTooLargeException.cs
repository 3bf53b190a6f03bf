namespace CovidCtNet.Lib.Imaging;

/// <summary>The file or its pixels exceed <see cref="CtImageLimits"/>.</summary>
public sealed class CtImageTooLargeException : CtImageException
{
    internal CtImageTooLargeException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
