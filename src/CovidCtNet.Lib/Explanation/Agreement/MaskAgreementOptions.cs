namespace CovidCtNet.Lib.Explanation.Agreement;

/// <summary>How a map is compared with a mask.</summary>
public sealed record MaskAgreementOptions
{
    /// <summary>Pixels with at least this value count as marked for IoU and Dice, in (0, 1]. Default: 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Threshold
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The threshold is above 0 and at most 1.");
    } = 0.5;

    /// <summary>Distance in pixels to the mask that still counts as a hit of the pointing game, at least 0. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double PointingTolerance
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The tolerance is finite and not negative.");
    }
}
