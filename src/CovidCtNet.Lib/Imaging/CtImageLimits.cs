namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// What a file may ask of the reader. Limits are checked before memory is taken, so that a small file with a huge header, an archive
/// that unpacks without end, or a stream without an end, costs nothing.
/// </summary>
public sealed record CtImageLimits
{
    /// <summary>The limits used where none are given: 32 Mi pixels (about 5,800 x 5,800) and 64 MiB of file.</summary>
    public static CtImageLimits Default { get; } = new();

    /// <summary>The largest width times height, in pixels; at least 1. Default: 33,554,432.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above <see cref="Array.MaxLength"/> / 8.</exception>
    public int MaximumPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Array.MaxLength / 8);
            field = value;
        }
    } = 32 * 1024 * 1024;

    /// <summary>The largest file or stream, in bytes; at least 1. Default: 67,108,864.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or not below <see cref="Array.MaxLength"/>.</exception>
    public int MaximumFileBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, Array.MaxLength);
            field = value;
        }
    } = 64 * 1024 * 1024;

    /// <summary>The limits for whole volumes (NIfTI, multi-page TIFF, multi-frame DICOM): as <see cref="Default"/>, but 1 GiB of file and 2 GiB less a few bytes unpacked.</summary>
    public static CtImageLimits Volume { get; } = new() { MaximumFileBytes = 1024 * 1024 * 1024, MaximumUnpackedBytes = Array.MaxLength };

    /// <summary>The most bytes that a compressed file (gzip, deflated DICOM) may unpack to; at least 1. Default: 268,435,456.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above <see cref="Array.MaxLength"/>.</exception>
    public int MaximumUnpackedBytes { get; init => field = Within(value, Array.MaxLength); } = 256 * 1024 * 1024;

    /// <summary>The most slices, pages or frames of one file; at least 1. Default: 4,096.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MaximumSlices { get; init => field = Within(value, int.MaxValue); } = 4096;

    /// <summary>The most elements of a DICOM file, nested ones included; at least 1. Default: 200,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MaximumElements { get; init => field = Within(value, int.MaxValue); } = 200_000;

    /// <summary>How deep the sequences of a DICOM file may nest, 1 to 64. Default: 16.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MaximumDepth { get; init => field = Within(value, 64); } = 16;

    /// <summary>The longest that decoding one slice of a DICOM, NIfTI or TIFF file may take; above zero. Default: 30 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above zero.</exception>
    public TimeSpan MaximumTime
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(30);

    private static int Within(int value, int highest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, highest);
        return value;
    }
}
