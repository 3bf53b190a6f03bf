namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// What a file may ask of the reader. Both limits are checked before memory for pixels is taken, so that a small file with a huge
/// header, or a stream without an end, costs nothing.
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
}
