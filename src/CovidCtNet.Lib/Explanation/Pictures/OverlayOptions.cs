using CovidCtNet.Lib.Explanation.Annotations;

namespace CovidCtNet.Lib.Explanation.Pictures;

/// <summary>How a map of model attention is drawn over its slice.</summary>
public sealed record OverlayOptions
{
    /// <summary>The options used where none are given.</summary>
    public static OverlayOptions Default { get; } = new();

    /// <summary>Colours of the values. Default: <see cref="ColorMap.Inferno"/>.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public ColorMap Colors
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = ColorMap.Inferno;

    /// <summary>Opacity of the colours over the slice, 0 to 1. Default: 0.6.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Opacity { get; init => field = Share(value); } = 0.6;

    /// <summary>True lets the opacity rise with the value, so that the slice stays readable where attention is low. Default: true.</summary>
    public bool FadeLow { get; init; } = true;

    /// <summary>Values in (0, 1) at which contour lines are drawn. Default: 0.5.</summary>
    /// <exception cref="ArgumentException">A level is not between 0 and 1.</exception>
    public IReadOnlyList<double> Contours
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Any(level => level is not (> 0 and < 1)))
            {
                throw new ArgumentException("Contour levels lie between 0 and 1, both excluded.", nameof(value));
            }

            field = [.. value];
        }
    } = [0.5];

    /// <summary>Whether a colour bar stands beside the picture. Default: true.</summary>
    public bool ColorBar { get; init; } = true;

    /// <summary>An annotation whose outline is drawn in cyan; null draws none.</summary>
    public InfectionAnnotation? Annotation { get; init; }

    /// <summary>
    /// Percentile of the map, 50 to 100, that gets the last colour: a few extreme pixels of a gradient would leave the rest dark
    /// (SmoothGrad, section 3.2, caps at 99). Null takes 99 for maps of single pixels' gradients and 100 for others. The map's values stay.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double? UpperPercentile
    {
        get;
        init
        {
            if (value is { } percentile && percentile is not (>= 50 and <= 100))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The percentile is 50 to 100.");
            }

            field = value;
        }
    }

    /// <summary>Smaller slices are enlarged by a whole factor until their shorter side has this many pixels, 1 to 2,048. Default: 320.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int MinimumSide
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 2048);
            field = value;
        }
    } = 320;

    /// <summary>A line above the picture; null for method, class and probability, empty for none.</summary>
    public string? Title { get; init; }

    private static double Share(double value) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The opacity is 0 to 1.");
}
