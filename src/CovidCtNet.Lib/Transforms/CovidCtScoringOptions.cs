namespace CovidCtNet.Lib.Transforms;

/// <summary>Which column is scored, and into which.</summary>
public sealed record CovidCtScoringOptions
{
    /// <summary>The options used where none are given.</summary>
    public static CovidCtScoringOptions Default { get; } = new();

    /// <summary>
    /// Column of paths (text), file contents (vector of bytes), <c>MLImage</c>, slices, or preprocessed planes (vector of H times W
    /// single-precision numbers). Default: "Path".
    /// </summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string InputColumnName { get; init => field = ColumnName.Check(value); } = "Path";

    /// <summary>The new column of logits before calibration, single precision. Default: "Score".</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string ScoreColumnName { get; init => field = ColumnName.Check(value); } = "Score";

    /// <summary>The new column of calibrated probabilities in [0, 1], single precision. Default: "Probability".</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string ProbabilityColumnName { get; init => field = ColumnName.Check(value); } = "Probability";

    /// <summary>The new column of calls at the model's threshold, boolean. Default: "PredictedLabel".</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string PredictedLabelColumnName { get; init => field = ColumnName.Check(value); } = "PredictedLabel";

    /// <summary>Folder of relative paths; null takes the current folder. Default: null.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>
    /// Whether disposing of the transformer disposes of the model too. Default: false; then the one who loaded the model disposes of it,
    /// and several transformers can share it.
    /// </summary>
    public bool OwnsModel { get; init; }

    /// <summary>Ends reading and computing: cursors over the scored data throw <see cref="OperationCanceledException"/>. Default: none.</summary>
    public CancellationToken CancellationToken { get; init; }
}
