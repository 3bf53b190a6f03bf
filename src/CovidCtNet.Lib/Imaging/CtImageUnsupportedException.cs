namespace CovidCtNet.Lib.Imaging;

/// <summary>A picture of a known format, colour type or bit depth that this library does not read.</summary>
public sealed class CtImageUnsupportedException : CtImageException
{
    internal CtImageUnsupportedException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
