namespace CovidCtNet.Lib.Training.Optimisation;

/// <summary>The loss of labelled slices. Label smoothing and mixup change its targets and stand beside it in the training options.</summary>
public sealed record LossOptions
{
    /// <summary>The loss.</summary>
    public LossKind Kind { get; init; } = LossKind.BinaryCrossEntropy;

    /// <summary>γ of <see cref="LossKind.Focal"/>, at least 0; 0 is cross-entropy.</summary>
    public double FocalGamma { get; init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Gamma must be finite and not negative."); } = 2;

    /// <summary>Weight of a positive slice against a negative one's 1, above 0; null weighs both classes alike in sum, by their counts in the training slices.</summary>
    public double? PositiveWeight { get; init => field = value is null || (value > 0 && double.IsFinite(value.Value)) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The weight must be finite and above 0."); } = 1;
}
