namespace CovidCtNet.Lib.Explanation;

/// <summary>The sliding window of an occlusion map, in pixels of the network's input.</summary>
public sealed record OcclusionOptions
{
    /// <summary>The options used where none are given.</summary>
    public static OcclusionOptions Default { get; } = new();

    /// <summary>Side of the square window, at least 1; null takes a seventh of the input's shorter side, 32 of 224.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? PatchSize { get; init => field = Positive(value); }

    /// <summary>Pixels from one window to the next, at least 1; null takes a quarter of the window.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Stride { get; init => field = Positive(value); }

    /// <summary>What covers the window. Default: <see cref="OcclusionFill.Mean"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    public OcclusionFill Fill
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The fill is not known.");
    }

    /// <summary>How many windows are run. Default: <see cref="OcclusionMode.Exact"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    public OcclusionMode Mode
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The mode is not known.");
    }

    private static int? Positive(int? value) =>
        value is < 1 ? throw new ArgumentOutOfRangeException(nameof(value), value, "The window and its stride are at least 1 pixel.") : value;
}
