using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Transforms;

namespace CovidCtNet.Lib.Training.Transforms;

/// <summary>Which columns a network is trained on, and how.</summary>
public sealed record ResidualAttentionTrainerOptions
{
    /// <summary>What the contract of the trained model says of data and licence.</summary>
    public required ModelDescription Description { get; init; }

    /// <summary>Network, preprocessing, optimizer, epochs.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public TrainingOptions Training
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = new();

    /// <summary>The input column and the columns of the trained scorer; its input may be paths, file contents, <c>MLImage</c> or slices.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public CovidCtScoringOptions Scoring
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = CovidCtScoringOptions.Default;

    /// <summary>Column of true classes, boolean. Default: "Label".</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string LabelColumnName
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            field = value;
        }
    } = "Label";

    /// <summary>
    /// Column of groups (patients, scans), text. Whole groups are held out; without groups slices of one scan stand on both sides, and the
    /// model's figures are marked as leaking. Default: null.
    /// </summary>
    public string? GroupColumnName { get; init; }

    /// <summary>Name of the positive class. Default: "COVID".</summary>
    public string PositiveClass { get; init; } = "COVID";

    /// <summary>Name of the negative class. Default: "non-COVID".</summary>
    public string NegativeClass { get; init; } = "non-COVID";

    /// <summary>Share of each class held out to choose epoch, temperature and threshold where no validation set is given, in (0, 1). Default: 0.2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double ValidationShare { get; init => field = Share(value); } = 0.2;

    /// <summary>Share of each class held out to measure the model on where no validation set is given, in (0, 1). Default: 0.2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double TestShare { get; init => field = Share(value); } = 0.2;

    /// <summary>Folder of the run, in which a stopped run goes on; null takes a temporary one, removed at the end. Default: null.</summary>
    public string? RunFolder { get; init; }

    /// <summary>Told of every step.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Ends the training after the current step. Default: none.</summary>
    public CancellationToken CancellationToken { get; init; }

    private static double Share(double value)
        => value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A share lies between 0 and 1, both excluded.");
}
