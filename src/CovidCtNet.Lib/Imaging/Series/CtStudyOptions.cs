namespace CovidCtNet.Lib.Imaging;

/// <summary>What a folder or archive may ask for.</summary>
public sealed record CtStudyOptions
{
    /// <summary>The options used where none are given.</summary>
    public static CtStudyOptions Default { get; } = new();

    /// <summary>What one file may ask for. Default: <see cref="CtImageLimits.Volume"/>.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public CtImageLimits ImageLimits
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = CtImageLimits.Volume;

    /// <summary>The most files of a folder or entries of an archive; at least 1. Default: 50,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MaximumFiles
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 50_000;

    /// <summary>The most bytes that are read in all, unpacked; at least 1. Default: 16 GiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public long MaximumTotalBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 16L * 1024 * 1024 * 1024;
}
