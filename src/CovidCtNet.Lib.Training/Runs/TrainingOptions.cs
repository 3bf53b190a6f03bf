using System.Text.Json;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Guidance;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Optimisation;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>Everything that decides a training run: the same options, data, machine and thread count give the same weights.</summary>
public sealed record TrainingOptions
{
    /// <summary>Shape of the network; its input size must be that of <see cref="Preprocessing"/>.</summary>
    public NetworkOptions Network { get; init; } = NetworkOptions.Attention56 with { Width = 0.25, InputHeight = 128, InputWidth = 128 };

    /// <summary>How slices become network inputs; goes into the exported model.</summary>
    public CtPreprocessing Preprocessing { get; init; } = new() { Width = 128, Height = 128, Fit = CtFit.Stretch, Mean = 0.5f, StandardDeviation = 0.25f };

    /// <summary>Random changes of the training slices.</summary>
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>Optimizer and learning rate.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>
    /// 0 changes every slice anew each time it is seen. Above 0 the training set is enlarged once, by so many changed variants of each
    /// slice that are fixed by the seed: 3 gives the fourfold set of COVID CT-Net (arXiv 2009.05096).
    /// </summary>
    public int FixedVariants { get; init => field = value is >= 0 and <= 64 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Must be in [0, 64]."); }

    /// <summary>The loss.</summary>
    public LossOptions Loss { get; init; } = new();

    /// <summary>Passes over the training slices.</summary>
    public int Epochs { get; init => field = AtLeastOne(value); } = 40;

    /// <summary>
    /// Epochs at the start of the run, of <see cref="Epochs"/>, in which the network sees and is validated on slices of half their width and
    /// height, at about a quarter of the cost (progressive resizing, as in Tan and Le, arXiv 2104.00298); the epochs after them are whole. At
    /// least one must be.
    /// </summary>
    public int HalfSizeEpochs { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Must not be negative."); }

    /// <summary>Slices per optimizer step.</summary>
    public int BatchSize { get; init => field = AtLeastOne(value); } = 16;

    /// <summary>Label smoothing ε: targets are 1 - ε/2 and ε/2, [0, 1).</summary>
    public double LabelSmoothing { get; init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Label smoothing must be in [0, 1)."); } = 0.05;

    /// <summary>
    /// Shape α of mixup (Zhang et al., arXiv 1710.09412, equation 1): pairs of slices and their labels are blended with weights drawn
    /// from Beta(α, α); 0 blends none.
    /// </summary>
    public double Mixup { get; init => field = value is >= 0 and <= 10 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Mixup must be in [0, 10]."); }

    /// <summary>Slices with infection masks that guide the attention; null trains without.</summary>
    public GuidanceOptions? Guidance { get; init; }

    /// <summary>What the validation slices choose the best epoch by.</summary>
    public ValidationMetric SelectBy { get; init; } = ValidationMetric.Auc;

    /// <summary>Epochs without a better <see cref="SelectBy"/> after which the run ends early; 0 runs all epochs.</summary>
    public int Patience { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The patience must not be negative."); }

    /// <summary>Decay of the exponential moving average of the weights that is validated and exported, [0, 1); 0 takes the last weights.</summary>
    public double AverageDecay { get; init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The decay must be in [0, 1)."); } = 0.998;

    /// <summary>Largest norm of the gradient; 0 does not clip.</summary>
    public double GradientClip { get; init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The norm must be finite and not negative."); } = 2;

    /// <summary>
    /// What this run starts from: the folder of a finished run, whose best weights count; an ONNX file that this library exported; or
    /// <c>default</c> for the default model, where its package is part of the application. In a cross-validation it may be the folder of another
    /// of the same folds: see <see cref="Studies.CrossValidation.Run"/>. Null starts from fresh weights. The networks
    /// must be alike but for the input size.
    /// </summary>
    public string? StartFrom { get; init; }

    /// <summary>
    /// Stages whose weights and batch statistics stay as they are, for fine-tuning: 0 none; 1 the first convolution and the first stage
    /// with its attention module; 2 and 3 one stage more each; 4 all but the classifier.
    /// </summary>
    public int FrozenStages { get; init => field = value is >= 0 and <= 4 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Must be in [0, 4]."); }

    /// <summary>Seed of weights, order and augmentation.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// Threads of one torch operation, 1 to 1,024; part of the recipe, because sums depend on it in the last bits. Each is a thread of the
    /// operating system, and a mistyped number of them exhausts it.
    /// </summary>
    public int Threads { get; init => field = value is >= 1 and <= 1024 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The threads must be in [1, 1024]."); } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Reads what <see cref="ToJson"/> wrote; what the text leaves out has its default.</summary>
    /// <exception cref="TrainingException">The text is not JSON, or a value is unknown or out of range.</exception>
    public static TrainingOptions FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingOptions>(json, RunJson.Options) ?? throw new JsonException("The text is null.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new TrainingException($"The training options cannot be read: {e.Message}", e);
        }
    }

    /// <summary>These options as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Options);

    /// <exception cref="ArgumentException">The sizes of network and preprocessing differ.</exception>
    internal void Validate()
    {
        if (Network.InputWidth != Preprocessing.Width || Network.InputHeight != Preprocessing.Height || Network.InputChannels != 1)
        {
            throw new ArgumentException(
                $"The network takes {Network.InputChannels}x{Network.InputHeight}x{Network.InputWidth}, but preprocessing gives 1x{Preprocessing.Height}x{Preprocessing.Width}: make them equal.");
        }

        if (Loss.Kind == LossKind.CrossEntropy && Network.Head != ClassifierHead.TwoClass)
        {
            throw new ArgumentException("Cross-entropy over both classes needs the head TwoClass; binary cross-entropy takes either.");
        }

        if (HalfSizeEpochs >= Epochs)
        {
            throw new ArgumentException($"Of {Epochs} epochs, {HalfSizeEpochs} cannot be of half size: the last must see whole slices.");
        }

        if (HalfSizeEpochs > 0 && (Math.Min(Network.InputWidth, Network.InputHeight) < 2 * NetworkOptions.MinimumInputSize || Network.InputWidth % 2 + Network.InputHeight % 2 > 0))
        {
            throw new ArgumentException($"Epochs of half size need an input with even sides of at least {2 * NetworkOptions.MinimumInputSize} pixels.");
        }

        if (FrozenStages > 0 && StartFrom is null)
        {
            throw new ArgumentException("Frozen stages need weights to start from.");
        }

        if (Network.Head == ClassifierHead.TwoClass && Network.Classes != 2)
        {
            throw new ArgumentException("A COVID-19 classifier has two classes.");
        }
    }

    private static int AtLeastOne(int value) => value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Must be at least 1.");
}
