namespace CovidCtNet.Lib.Explanation.Faithfulness;

/// <summary>How deletion and insertion are run.</summary>
public sealed record PerturbationOptions
{
    /// <summary>Steps from none to all pixels, 2 to 1,000. Default: 20.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Steps
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1000);
            field = value;
        }
    } = 20;

    /// <summary>
    /// What stands for a deleted pixel, and for one not yet inserted. Default: <see cref="OcclusionFill.Blurred"/>, which makes the fewest
    /// edges that no slice has.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    public OcclusionFill Fill
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The fill is not known.");
    } = OcclusionFill.Blurred;

    /// <summary>Seed of the random map that the map is compared with.</summary>
    public int Seed { get; init; } = 1;
}
