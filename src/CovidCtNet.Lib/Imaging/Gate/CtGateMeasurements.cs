namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// What the input gate measures on a slice of 96 x 96 pixels in the lung window. <em>Bright</em> is at least Otsu's threshold, which
/// parts tissue from air; <em>lung-like</em> is dark with bright pixels on all four sides.
/// </summary>
public sealed record CtGateMeasurements
{
    /// <summary>Standard deviation of the intensity, 0 to 0.5.</summary>
    public required double Contrast { get; init; }

    /// <summary>Mean difference of neighbouring pixels over <see cref="Contrast"/>: about 0.15 for slices, above 1 for noise.</summary>
    public required double Roughness { get; init; }

    /// <summary>Share of lung-like pixels in the picture.</summary>
    public required double LungArea { get; init; }

    /// <summary>The smaller of the lung-like areas of the two halves over the larger.</summary>
    public required double LungBalance { get; init; }

    /// <summary>Share of lung-like pixels with an intensity below 0.02: lungs are gray in a lung window, black in a mediastinal one.</summary>
    public required double BlackLung { get; init; }

    /// <summary>Mean intensity of bright pixels.</summary>
    public required double Tissue { get; init; }

    /// <summary>Share of bright pixels in the middle of the columns, where mediastinum and spine lie.</summary>
    public required double MiddleColumn { get; init; }

    /// <summary>Share of bright pixels in the middle of the rows.</summary>
    public required double MiddleRow { get; init; }

    /// <summary>Lung-like area of the upper half less that of the lower, over both: lungs reach further down beside the spine.</summary>
    public required double LungAbove { get; init; }
}
