using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Which column slices are read from, and how.</summary>
public sealed record CtSliceLoadingOptions
{
    /// <summary>The options used where none are given.</summary>
    public static CtSliceLoadingOptions Default { get; } = new();

    /// <summary>Column of paths (text), file contents (vector of bytes) or <c>MLImage</c>. Default: "Path".</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string InputColumnName { get; init => field = ColumnName.Check(value); } = "Path";

    /// <summary>The new column of slices, of type <see cref="CtSliceDataViewType"/>. Default: "Slice".</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string OutputColumnName { get; init => field = ColumnName.Check(value); } = "Slice";

    /// <summary>Folder of relative paths; null takes the current folder. Default: null.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>What an image file may ask for.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public CtImageLimits Limits
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = CtImageLimits.Default;

    /// <summary>Ends reading and computing with <see cref="OperationCanceledException"/>. Default: none.</summary>
    public CancellationToken CancellationToken { get; init; }
}
