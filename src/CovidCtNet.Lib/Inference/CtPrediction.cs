namespace CovidCtNet.Lib.Inference;

/// <summary>What a model says about one slice. Research use, not a medical device.</summary>
public sealed record CtPrediction
{
    /// <summary>
    /// Calibrated probability of the positive class, sigmoid(<see cref="Logit"/> / temperature), in [0, 1]. It is calibrated for the
    /// mix of classes in the model's own validation data.
    /// </summary>
    public required double Probability { get; init; }

    /// <summary>The network's output before calibration: log-odds of the positive class.</summary>
    public required double Logit { get; init; }

    /// <summary>The class at <see cref="Threshold"/>: positive if <see cref="Probability"/> is not below it.</summary>
    public required CtLabel Label { get; init; }

    /// <summary>The model's threshold on the calibrated probability.</summary>
    public required double Threshold { get; init; }

    /// <summary>The version of the model that said so.</summary>
    public required string ModelVersion { get; init; }
}
