namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>How a map of model attention becomes a candidate annotation.</summary>
public sealed record CandidateOptions
{
    /// <summary>Pixels with at least this value belong to the candidate, in (0, 1]. Default: 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Threshold
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The threshold is above 0 and at most 1.");
    } = 0.5;

    /// <summary>Smaller parts are left out, as a share of the slice in [0, 1]. Default: 0.0005, 33 pixels of 256 x 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double MinimumAreaShare
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The area share is 0 to 1.");
    } = 0.0005;

    /// <summary>Label of the regions. Default: <c>candidate</c>.</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string Label
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            field = value;
        }
    } = "candidate";
}
