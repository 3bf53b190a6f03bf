namespace CovidCtNet.Lib.Imaging;

/// <summary>The picture begins well and ends too early: an interrupted copy or download.</summary>
public sealed class CtImageTruncatedException : CtImageException
{
    internal CtImageTruncatedException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
