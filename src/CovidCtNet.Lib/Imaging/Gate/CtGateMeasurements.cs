namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// What the input gate measures on a slice of 96 x 96 pixels in the lung window. <em>Bright</em> is at least Otsu's threshold, which
/// parts tissue from air; <em>lung-like</em> is dark with bright pixels on all four sides.
/// </summary>
public sealed record CtGateMeasurements
{
    // The first three by logistic regression (benchmarks/Robustness, gate --fit); slices of the set it is fitted on rarely show a table, so that
    // the weight of the table is set by hand: a table across a tenth of the picture counts as much as a typical slice's bones.
    private const double WeightOfBone = 13;
    private const double WeightOfGradient = 5;
    private const double WeightOfLungAbove = 3.5;
    private const double WeightOfTable = 10;
    private const double LeastTable = 0.15;

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

    /// <summary>
    /// Mean row of the brightest twentieth of tissue below that of all tissue, in heights of the lungs: the spine and most of the ribs lie at
    /// the back.
    /// </summary>
    public required double BoneBelow { get; init; }

    /// <summary>Spearman's correlation of row and intensity within the lungs, -1 to 1: a patient on the back has the denser lung below.</summary>
    public required double LungGradient { get; init; }

    /// <summary>Share of columns with something bright apart from the body below the lungs' middle, less that above, -1 to 1: the table.</summary>
    public required double Table { get; init; }

    /// <summary>
    /// Log-odds that the back is below and not above, a weighted sum of <see cref="BoneBelow"/>, <see cref="LungGradient"/>,
    /// <see cref="LungAbove"/> and a <see cref="Table"/> that clearly shows.
    /// </summary>
    public double Upright => (WeightOfBone * BoneBelow) + (WeightOfGradient * LungGradient) - (WeightOfLungAbove * LungAbove)
        + (Math.Abs(Table) >= LeastTable ? WeightOfTable * Table : 0);
}
