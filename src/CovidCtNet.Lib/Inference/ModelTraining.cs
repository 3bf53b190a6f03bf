namespace CovidCtNet.Lib.Inference;

/// <summary>How the weights of a model were made.</summary>
public sealed record ModelTraining
{
    /// <summary>The data, with its source.</summary>
    public required string Data { get; init; }

    /// <summary>How the data was split into training, validation and test.</summary>
    public required string Split { get; init; }

    /// <summary>
    /// Whether slices of one scan may lie on both sides of the split. Measures taken on such a split are too good and must be labelled
    /// as leaking wherever they are shown.
    /// </summary>
    public required bool LeakingSplit { get; init; }

    /// <summary>The seed of the run.</summary>
    public required long Seed { get; init; }

    /// <summary>Optimiser, schedule, augmentation, epochs: what it takes to repeat the run.</summary>
    public required string Recipe { get; init; }

    /// <summary>What threshold and temperature were chosen on; null for the validation slices of the split.</summary>
    public string? CalibratedOn { get; init; }

    /// <summary>The day the run ended.</summary>
    public required DateOnly Date { get; init; }
}
