using System.Globalization;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Makes the typed exceptions of one file, each with its cure.</summary>
internal sealed class ImageErrors(string? sourceName)
{
    private const string CopyAgain = "Copy or export the file again";
    private const string Formats = "Leave it out, or hand its pixels to CtImage.FromGray8, FromGray16 or FromHounsfield";

    public CtImageException Empty()
        => new CtImageEmptyException(sourceName, "is empty (0 bytes)", CopyAgain);

    public CtImageException Truncated(string what)
        => new CtImageTruncatedException(sourceName, $"is truncated: {what}", CopyAgain);

    public CtImageException Corrupt(string what, Exception? inner = null)
        => new CtImageCorruptException(sourceName, $"is damaged: {what}", CopyAgain, inner);

    public CtImageException UnknownFormat()
        => new CtImageUnknownFormatException(sourceName, "is not an image (neither PNG, JPEG, BMP, TIFF, DICOM nor NIfTI)", Formats);

    public CtImageException Unsupported(string what, string? cure = null)
        => new CtImageUnsupportedException(sourceName, what, cure ?? Formats);

    /// <summary>A limit of <see cref="CtImageLimits"/> is passed; the cure names it.</summary>
    public CtImageException TooMuch(string what, string limit)
        => new CtImageTooLargeException(sourceName, what, $"Raise CtImageLimits.{limit} if the file is trusted");

    public string? SourceName => sourceName;

    public CtImageException TooManyBytes(long? bytes, int maximum) => new CtImageTooLargeException(
        sourceName,
        string.Create(CultureInfo.InvariantCulture, $"has {(bytes is { } b ? b.ToString("N0", CultureInfo.InvariantCulture) : "too many")} bytes, the limit is {maximum:N0}"),
        "Raise CtImageLimits.MaximumFileBytes if the file is trusted");

    /// <summary>Checks a header before anything is allocated from it.</summary>
    public void CheckSize(long width, long height, CtImageLimits limits)
    {
        if (width <= 0 || height <= 0)
        {
            throw Corrupt(string.Create(CultureInfo.InvariantCulture, $"its header gives a size of {width} x {height} pixels"));
        }

        // Sides of up to 2^32 multiply without overflow only after the first comparison.
        if (width > limits.MaximumPixels || height > limits.MaximumPixels || width * height > limits.MaximumPixels)
        {
            throw new CtImageTooLargeException(
                sourceName,
                string.Create(CultureInfo.InvariantCulture, $"has {width:N0} x {height:N0} pixels, the limit is {limits.MaximumPixels:N0} in all"),
                "Raise CtImageLimits.MaximumPixels if the file is trusted");
        }
    }
}
