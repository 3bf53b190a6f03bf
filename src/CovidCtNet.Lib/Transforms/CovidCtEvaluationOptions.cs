using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Which columns are evaluated, and how.</summary>
public sealed record CovidCtEvaluationOptions
{
    /// <summary>The options used where none are given.</summary>
    public static CovidCtEvaluationOptions Default { get; } = new();

    /// <summary>Column of true classes, boolean. Default: "Label".</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string LabelColumnName { get; init => field = ColumnName.Check(value); } = "Label";

    /// <summary>Column of calibrated probabilities, single precision. Default: "Probability".</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string ProbabilityColumnName { get; init => field = ColumnName.Check(value); } = "Probability";

    /// <summary>Column of calls, boolean, from which the threshold is taken where none is given. Default: "PredictedLabel".</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string PredictedLabelColumnName { get; init => field = ColumnName.Check(value); } = "PredictedLabel";

    /// <summary>
    /// Column of groups (patients, scans), text; whole groups are drawn for the intervals, because slices of one scan resemble each other.
    /// Null takes slices as independent, which makes intervals too narrow where they are not. Default: null.
    /// </summary>
    public string? GroupColumnName { get; init; }

    /// <summary>Cases with at least this probability are called positive; null takes the model's own calls. Default: null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1].</exception>
    public double? Threshold
    {
        get;
        init => field = value is null or (>= 0 and <= 1) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A threshold is a probability from 0 to 1.");
    }

    /// <summary>How intervals are computed; its threshold is replaced by the one in use. Null leaves the intervals out.</summary>
    public BootstrapOptions? Bootstrap { get; init; } = new();

    /// <summary>Ends reading and computing. Default: none.</summary>
    public CancellationToken CancellationToken { get; init; }
}
