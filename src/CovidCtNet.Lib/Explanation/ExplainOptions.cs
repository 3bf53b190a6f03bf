namespace CovidCtNet.Lib.Explanation;

/// <summary>What is explained, and how finely.</summary>
public sealed record ExplainOptions
{
    /// <summary>The options used where none are given.</summary>
    public static ExplainOptions Default { get; } = new();

    /// <summary>
    /// The tensor that class activation maps look at; null takes <see cref="GraphExplainer.DefaultTargetLayer"/>. See
    /// <see cref="GraphExplainer.TargetLayers"/>.
    /// </summary>
    public string? TargetLayer { get; init; }

    /// <summary>
    /// The tensors whose maps <see cref="AttentionMethod.FusedGradCam"/> joins; null takes <see cref="TargetLayer"/> alone where that is given, and else
    /// <see cref="GraphExplainer.DefaultFusedLayers"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    public IReadOnlyList<string>? FusedLayers
    {
        get;
        init => field = value is { Count: 0 } ? throw new ArgumentException("Name a layer, or leave the list null.", nameof(value)) : value is null ? null : [.. value];
    }

    /// <summary>
    /// Finer tensors whose mean Layer-CAM <see cref="AttentionMethod.FusedGradCam"/> joins as one more map; an empty list joins none. Null takes
    /// <see cref="GraphExplainer.DefaultFineLayers"/>, or none where <see cref="FusedLayers"/> or <see cref="TargetLayer"/> is given.
    /// </summary>
    public IReadOnlyList<string>? FineLayers { get; init => field = value is null ? null : [.. value]; }

    /// <summary>
    /// The class explained, from 0. Null takes the positive class for a model with a contract, so that maps of all slices say the same
    /// thing, and else the class with the highest score.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? TargetClass
    {
        get;
        init => field = value is < 0 ? throw new ArgumentOutOfRangeException(nameof(value), value, "Classes count from 0.") : value;
    }

    /// <summary>The attention module whose mask is shown, from 1; null takes the mean of all modules' masks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? AttentionModule
    {
        get;
        init => field = value is < 1 ? throw new ArgumentOutOfRangeException(nameof(value), value, "Attention modules count from 1.") : value;
    }

    /// <summary>Noisy copies of SmoothGrad, 1 to 1,000. Default: 25; the paper finds little gain beyond 50.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int SmoothGradSamples { get; init => field = Within(value, 1, 1000); } = 25;

    /// <summary>Standard deviation of SmoothGrad's noise as a share of the input's range, in (0, 1]. Default: 0.1; the paper uses 0.1 to 0.2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double SmoothGradNoise
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The noise is above 0 and at most 1.");
    } = 0.1;

    /// <summary>Seed of SmoothGrad's noise: the same seed gives the same map.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Steps of the integral of integrated gradients, 1 to 1,000. Default: 32; the paper uses 20 to 300.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int IntegrationSteps { get; init => field = Within(value, 1, 1000); } = 32;

    /// <summary>Where the path of integrated gradients begins. Default: <see cref="GradientBaseline.Black"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    public GradientBaseline Baseline
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The baseline is not known.");
    }

    /// <summary>The sliding window of occlusion.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public OcclusionOptions Occlusion
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = OcclusionOptions.Default;

    private static int Within(int value, int lowest, int highest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, lowest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, highest);
        return value;
    }
}
