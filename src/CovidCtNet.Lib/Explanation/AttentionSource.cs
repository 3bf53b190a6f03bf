namespace CovidCtNet.Lib.Explanation;

/// <summary>What a map of model attention comes from.</summary>
public sealed record AttentionSource
{
    /// <summary>The method, as <see cref="AttentionMethodNames.NameOf"/> names it, or a name of the application's own.</summary>
    public required string Method { get; init; }

    /// <summary>The tensor of the graph that was looked at, several joined by " + "; null for methods that look at the input.</summary>
    public string? TargetLayer { get; init; }

    /// <summary>Index of the class explained; null where the map does not depend on one.</summary>
    public int? ClassIndex { get; init; }

    /// <summary>Name of the class explained; null where it is not known.</summary>
    public string? ClassName { get; init; }

    /// <summary>The probability in [0, 1] that the model gives that class, not calibrated; null where it was not computed.</summary>
    public double? Probability { get; init; }

    /// <summary>Name of the model or its file; null where it is not known.</summary>
    public string? ModelName { get; init; }

    /// <summary>Version of the model; null where it is not known.</summary>
    public string? ModelVersion { get; init; }
}
