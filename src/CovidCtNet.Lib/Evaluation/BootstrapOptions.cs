namespace CovidCtNet.Lib.Evaluation;

/// <summary>How a bootstrap is run.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Number of replicates, at least 20. More make the limits less random; 2,000 is customary for a 95 % interval.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 20.</exception>
    public int Replicates
    {
        get;
        init => field = value >= 20 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A bootstrap needs at least 20 replicates.");
    } = 2000;

    /// <summary>Seed: the same seed gives the same interval on any number of threads.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Confidence level, between 0 and 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 0 and 1.</exception>
    public double Level
    {
        get;
        init
        {
            Check.Level(value);
            field = value;
        }
    } = 0.95;

    /// <summary>How the interval is read off the replicates.</summary>
    public BootstrapInterval Interval { get; init; } = BootstrapInterval.Bca;

    /// <summary>
    /// True draws within strata, so that each replicate has as many units of each kind as the data: positives and negatives for
    /// cases; all-positive, all-negative and mixed for groups. Right where the study fixed these numbers, and never loses a class.
    /// A kind with a single unit cannot vary on its own; the draw is then not stratified.
    /// </summary>
    public bool Stratified { get; init; } = true;

    /// <summary>Cases with at least this score are called positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN.</exception>
    public double Threshold
    {
        get;
        init
        {
            Check.Threshold(value);
            field = value;
        }
    } = 0.5;

    /// <summary>Threshold of the second scores of a difference; null means the same as <see cref="Threshold"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN.</exception>
    public double? SecondThreshold
    {
        get;
        init
        {
            Check.Threshold(value ?? 0);
            field = value;
        }
    }

    /// <summary>Largest number of threads; -1 means all processors.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is neither positive nor -1.</exception>
    public int MaxDegreeOfParallelism
    {
        get;
        init => field = value is -1 or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Use -1 for all processors, or a positive number.");
    } = -1;

    /// <summary>Told the share of the work done, in [0, 1].</summary>
    public IProgress<double>? Progress { get; init; }
}
