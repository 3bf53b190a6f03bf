namespace CovidCtNet.Lib.Training.Runs;

/// <summary>What the contract of an exported model says that no computation can know.</summary>
public sealed record ModelDescription
{
    /// <summary>Name of the model.</summary>
    public string Name { get; init; } = "covid-ct";

    /// <summary>Version of the model.</summary>
    public string Version { get; init; } = "0.1.0";

    /// <summary>The training data, with its source.</summary>
    public required string Data { get; init; }

    /// <summary>Licence of the weights, which the licence of the training data may bind.</summary>
    public required string WeightsLicense { get; init; }

    /// <summary>What the model is for, and what it is not for.</summary>
    public string IntendedUse { get; init; } =
        "Research on the classification of axial chest-CT slices in a lung window as COVID-19 or not. Not a medical device; not for diagnosis.";

    /// <summary>
    /// The tensor that class activation maps of this model look at where none is named, such as <c>bn2/relu</c>; null leaves the choice to the
    /// explainer. Choose it by <c>samples/Explain study</c>.
    /// </summary>
    public string? AttentionLayer { get; init; }
}
