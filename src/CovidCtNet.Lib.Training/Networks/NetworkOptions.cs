using System.Text.Json.Serialization;

namespace CovidCtNet.Lib.Training.Networks;

/// <summary>Family and shape of a <see cref="CtNetwork"/>.</summary>
public sealed record NetworkOptions
{
    /// <summary>Smallest side, in pixels, at which every 3x3 pooling still has a whole window: 48 → 24 → 12 → 6 → 3 → 1 in the first mask.</summary>
    public const int MinimumInputSize = 48;

    /// <summary>Attention-56 at full width: 224x224, one channel, one logit.</summary>
    public static NetworkOptions Attention56 { get; } = new();

    /// <summary>Attention-92 at full width.</summary>
    public static NetworkOptions Attention92 { get; } = new() { Depth = AttentionDepth.Attention92 };

    /// <summary>What kind of network it is; depth and attention concern the residual attention network alone.</summary>
    public NetworkFamily Family { get; init; } = NetworkFamily.ResidualAttention;

    /// <summary>How many attention modules each stage has.</summary>
    public AttentionDepth Depth { get; init; } = AttentionDepth.Attention56;

    /// <summary>Multiplier of every layer's channels, above 0 and at most 4; 1 is the published network.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range, or the 64 channels of the first layer times it are no multiple of 4.</exception>
    public double Width
    {
        get;
        init => field = value is > 0 and <= 4 && value * 64 % 4 == 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The width multiplier must be in (0, 4] and a multiple of 1/16.");
    } = 1;

    /// <summary>Channels of the input: 1 for a gray slice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int InputChannels
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least one input channel is needed.");
    } = 1;

    /// <summary>Height of the input in pixels, at least <see cref="MinimumInputSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Too small.</exception>
    public int InputHeight { get; init => field = CheckSize(value); } = 224;

    /// <summary>Width of the input in pixels, at least <see cref="MinimumInputSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Too small.</exception>
    public int InputWidth { get; init => field = CheckSize(value); } = 224;

    /// <summary>What the last layer gives.</summary>
    public ClassifierHead Head { get; init; } = ClassifierHead.OneLogit;

    /// <summary>
    /// Classes of a <see cref="ClassifierHead.TwoClass"/> head; any other number than 2 serves pre-training on other data
    /// and cannot be exported as a COVID-19 classifier.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 2.</exception>
    public int Classes
    {
        get;
        init => field = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least two classes are needed.");
    } = 2;

    /// <summary>False leaves the soft masks out: the plain residual baseline, trunk alone.</summary>
    public bool Attention { get; init; } = true;

    /// <summary>
    /// True makes the first step of the network an instance normalisation: each slice less its mean, over its standard deviation. Brightness
    /// and linear contrast of a slice then count for nothing, as they do not between scanners.
    /// </summary>
    public bool StandardizeInput { get; init; }

    /// <summary>Name of the architecture as the model contract records it.</summary>
    [JsonIgnore]
    public string Architecture => Family == NetworkFamily.SmallConvolutional ? "small-cnn" : (Depth, Attention) switch
    {
        (AttentionDepth.Attention56, true) => "attention-56",
        (AttentionDepth.Attention92, true) => "attention-92",
        (AttentionDepth.Attention56, false) => "residual-56-trunk",
        _ => "residual-92-trunk",
    };

    internal int BaseChannels => (int)(64 * Width);

    internal int Outputs => Head == ClassifierHead.OneLogit ? 1 : Classes;

    internal int ModulesInStage(int stage) => Depth == AttentionDepth.Attention56 ? 1 : stage;

    private static int CheckSize(int value) => value >= MinimumInputSize
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"The input must be at least {MinimumInputSize} pixels wide and high.");
}
