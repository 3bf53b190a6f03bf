namespace CovidCtNet.Lib.Quantization;

/// <summary>What quantisation did to one layer.</summary>
public sealed record LayerError
{
    /// <summary>Name of the node.</summary>
    public required string Name { get; init; }

    /// <summary>Its operator.</summary>
    public required string OpType { get; init; }

    /// <summary>Whether it runs in 8 bits.</summary>
    public required bool IsQuantized { get; init; }

    /// <summary>Why it stays in float; null for a quantised layer.</summary>
    public required string? Reason { get; init; }

    /// <summary>
    /// Signal to quantisation noise of its result in decibels, the errors of all layers before it included:
    /// <c>10 log10(sum x² / sum (x - x')²)</c>. Null where its result is not held in 8 bits; infinite where there is no error.
    /// </summary>
    public required double? SignalToNoise { get; init; }

    /// <summary>Root mean square change of the logit where this layer alone is quantised; null where it was not measured.</summary>
    public required double? LogitError { get; init; }
}
