namespace CovidCtNet.Lib.Imaging;

/// <summary>The bytes are no picture that is known: neither PNG, JPEG, BMP, TIFF, DICOM nor NIfTI, nor a format that could be named.</summary>
public sealed class CtImageUnknownFormatException : CtImageException
{
    internal CtImageUnknownFormatException(string? sourceName, string reason, string cure, Exception? innerException = null)
        : base(sourceName, reason, cure, innerException)
    {
    }
}
