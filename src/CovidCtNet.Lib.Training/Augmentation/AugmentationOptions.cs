using System.Reflection;
using System.Text.Json;
using CovidCtNet.Lib.Training.Runs;

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
        Elastic = 0,
        MinimumResolution = 1,
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

    /// <summary>
    /// Largest displacement of an elastic deformation, as a share of the side, [0, 0.2]: a smooth random field over 5 x 5 points (in the
    /// spirit of Simard, Steinkraus and Platt, ICDAR 2003, section 2). Default: 0, none.
    /// </summary>
    public double Elastic { get; init => field = InRange(value, 0, 0.2); }

    /// <summary>
    /// Smallest share of the pixels along each side that is kept before the slice is enlarged again, [0.1, 1]: loss of resolution. Half of
    /// the slices keep theirs. Default: 1, none.
    /// </summary>
    public double MinimumResolution { get; init => field = InRange(value, 0.1, 1); } = 1;

    /// <summary>Reads options from JSON: an object of them, or training options. What is left out has its default.</summary>
    /// <exception cref="TrainingException">The text is not JSON, or a value is unknown or out of range.</exception>
    public static AugmentationOptions FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.EnumerateObject().Any(p => IsOfTraining(p.Name))
                ? TrainingOptions.FromJson(json).Augmentation
                : document.RootElement.Deserialize<AugmentationOptions>(RunJson.Options) ?? throw new JsonException("The text is null.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new TrainingException($"The augmentation options cannot be read: {e.Message}", e);
        }
    }

    /// <summary>These options as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Options);

    // The two kinds of options have no name in common. Training options may leave their augmentation out: it is the default then.
    private static bool IsOfTraining(string name) => typeof(TrainingOptions).GetProperty(name, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance) is not null;

    private static double InRange(double value, double low, double high) => value >= low && value <= high
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"Must be in [{low}, {high}].");
}
