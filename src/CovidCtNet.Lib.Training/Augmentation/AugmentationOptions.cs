namespace CovidCtNet.Lib.Training.Augmentation;

/// <summary>Ranges of the random changes that each training slice goes through, every time it is seen. Intensities are in [0, 1].</summary>
public sealed record AugmentationOptions
{
    /// <summary>No change at all.</summary>
    public static AugmentationOptions None { get; } = new()
    {
        RotationDegrees = 0,
        Translation = 0,
        MinimumCrop = 1,
        MaximumAspect = 1,
        HorizontalFlip = 0,
        Brightness = 0,
        Contrast = 0,
        MaximumGamma = 1,
        Noise = 0,
        Blur = 0,
        Erasing = 0,
    };

    /// <summary>Largest rotation to either side, in degrees, [0, 180].</summary>
    public double RotationDegrees { get; init => field = InRange(value, 0, 180); } = 15;

    /// <summary>Largest shift to either side, as a share of the side, [0, 1].</summary>
    public double Translation { get; init => field = InRange(value, 0, 1); } = 0.06;

    /// <summary>Smallest share of each side that a random crop keeps before it is enlarged again, (0, 1]; 1 keeps all.</summary>
    public double MinimumCrop { get; init => field = InRange(value, 0.05, 1); } = 0.7;

    /// <summary>Largest stretch of one side against the other, at least 1.</summary>
    public double MaximumAspect { get; init => field = InRange(value, 1, 4); } = 1.2;

    /// <summary>Probability of a left-right flip, [0, 1].</summary>
    public double HorizontalFlip { get; init => field = InRange(value, 0, 1); } = 0.5;

    /// <summary>Largest shift of the intensity to either side, [0, 1].</summary>
    public double Brightness { get; init => field = InRange(value, 0, 1); } = 0.12;

    /// <summary>Largest relative change of the contrast about the middle gray, [0, 1].</summary>
    public double Contrast { get; init => field = InRange(value, 0, 1); } = 0.25;

    /// <summary>Largest exponent of the intensity; drawn evenly on the log scale from its inverse to itself, at least 1.</summary>
    public double MaximumGamma { get; init => field = InRange(value, 1, 5); } = 1.35;

    /// <summary>Largest standard deviation of added Gaussian noise, [0, 1].</summary>
    public double Noise { get; init => field = InRange(value, 0, 1); } = 0.03;

    /// <summary>Largest weight of a blurred copy (binomial 5x5) in the result, [0, 1]; half of the slices are left sharp.</summary>
    public double Blur { get; init => field = InRange(value, 0, 1); } = 1;

    /// <summary>Probability of blanking one rectangle of 2 to 15 % of the area (Zhong et al., arXiv 1708.04896), [0, 1].</summary>
    public double Erasing { get; init => field = InRange(value, 0, 1); } = 0.3;

    private static double InRange(double value, double low, double high) => value >= low && value <= high
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"Must be in [{low}, {high}].");
}
