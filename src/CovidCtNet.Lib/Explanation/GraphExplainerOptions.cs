using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Explanation;

/// <summary>What an ONNX file of another tool does not say about itself.</summary>
public sealed record GraphExplainerOptions
{
    /// <summary>The options used where none are given.</summary>
    public static GraphExplainerOptions Default { get; } = new();

    /// <summary>Provider, threads and batch size. Default: the CPU, batches of 8.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public CovidCtModelOptions Runtime
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = CovidCtModelOptions.Default;

    /// <summary>
    /// The tensor of class scores [N, classes] or [N, 1]; null takes the graph's only output, before a final softmax or sigmoid: Grad-CAM
    /// is defined on the score before the softmax.
    /// </summary>
    public string? ScoreTensor { get; init; }

    /// <summary>Names of the classes in order; null for none. A graph with one logit has two: negative and positive.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>
    /// Normalisation of each input channel, in place of that of the preprocessing, for networks whose channels differ; null for none.
    /// </summary>
    /// <exception cref="ArgumentException">A standard deviation is not above 0, or a value is not finite.</exception>
    public IReadOnlyList<ChannelNormalization>? Channels
    {
        get;
        init
        {
            if (value?.Any(c => !float.IsFinite(c.Mean) || !float.IsFinite(c.StandardDeviation) || c.StandardDeviation <= 0) == true)
            {
                throw new ArgumentException("A channel needs a finite mean and a finite standard deviation above 0.", nameof(value));
            }

            field = value is null ? null : [.. value];
        }
    }

    /// <summary>
    /// Pixels of the input, to the right and downwards, from the centre of a cell's receptive field to where the network gathers its evidence
    /// (<see cref="ModelContract.AttentionOffset"/>); <see cref="AttentionMethod.FusedGradCam"/> is moved by it. Default: 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public double AttentionOffset
    {
        get;
        init => field = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The offset must be finite.");
    }

    /// <summary>Name of the model in maps; null takes the file's name.</summary>
    public string? ModelName { get; init; }

    /// <summary>Version of the model in maps; null for none.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>The temperature that divides log-odds before they become a probability; a contract's calibration.</summary>
    internal double Temperature { get; init; } = 1;

    /// <summary>The class explained where none is chosen; null takes the one with the highest score.</summary>
    internal int? DefaultClass { get; init; }
}
