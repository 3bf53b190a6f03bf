using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <summary>How a series is judged.</summary>
public sealed record CtSeriesOptions
{
    /// <summary>The options used where none are given.</summary>
    public static CtSeriesOptions Default { get; } = new();

    /// <summary>
    /// How slices become one probability. Null, the default, takes the rule in the model's contract, else <see cref="CtSeriesRule.Default"/>.
    /// </summary>
    public CtSeriesRule? Rule { get; init; }

    /// <summary>What the input gate does. Default: <see cref="CtGateMode.Warn"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    public CtGateMode Gate
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The mode of the gate is not known.");
    } = CtGateMode.Warn;

    /// <summary>How many of the driving slices get a map, the highest first, 0 to 1,000. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Maps
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1000);
            field = value;
        }
    } = 3;

    /// <summary>How the maps are made. Default: <see cref="AttentionMethod.FusedGradCam"/>.</summary>
    public AttentionMethod MapMethod { get; init; } = AttentionMethod.FusedGradCam;
}
