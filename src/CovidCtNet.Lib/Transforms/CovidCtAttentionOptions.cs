using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Pictures;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Which column is explained, how, and into which columns.</summary>
public sealed record CovidCtAttentionOptions
{
    /// <summary>The options used where none are given.</summary>
    public static CovidCtAttentionOptions Default { get; } = new();

    /// <summary>Column of paths (text), file contents (vector of bytes), <c>MLImage</c> or slices. Default: "Path".</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string InputColumnName { get; init => field = ColumnName.Check(value); } = "Path";

    /// <summary>
    /// The new column of maps of model attention at the network's input, vectors [1, H, W] in [0, 1], single precision. Default: "Attention".
    /// </summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string AttentionColumnName { get; init => field = ColumnName.Check(value); } = "Attention";

    /// <summary>The new column of <c>MLImage</c> that show the map over the slice; null leaves it out. Default: null.</summary>
    public string? OverlayColumnName { get; init; }

    /// <summary>How model attention is computed. Default: <see cref="AttentionMethod.FusedGradCam"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    public AttentionMethod Method
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The method is not known.");
    } = AttentionMethod.FusedGradCam;

    /// <summary>What is explained; <see cref="ExplainOptions.Default"/> if null.</summary>
    public ExplainOptions? Explain { get; init; }

    /// <summary>How overlays are painted; <see cref="OverlayOptions.Default"/> if null.</summary>
    public OverlayOptions? Overlay { get; init; }

    /// <summary>Folder of relative paths; null takes the current folder. Default: null.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>Ends reading and computing with <see cref="OperationCanceledException"/>. Default: none.</summary>
    public CancellationToken CancellationToken { get; init; }
}
