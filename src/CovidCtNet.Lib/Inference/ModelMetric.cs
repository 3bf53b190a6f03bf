namespace CovidCtNet.Lib.Inference;

/// <summary>One measured value with its interval.</summary>
public sealed record ModelMetric
{
    /// <summary>What was measured, such as "AUC" or "sensitivity".</summary>
    public required string Name { get; init; }

    /// <summary>What it was measured on, such as "test, by group".</summary>
    public required string Set { get; init; }

    /// <summary>The estimate.</summary>
    public required double Value { get; init; }

    /// <summary>Lower end of the interval; null where none was computed.</summary>
    public required double? Lower { get; init; }

    /// <summary>Upper end of the interval; null where none was computed.</summary>
    public required double? Upper { get; init; }

    /// <summary>Confidence level of the interval, such as 0.95.</summary>
    public required double Level { get; init; }

    /// <summary>How the interval was computed, such as "DeLong" or "bootstrap over groups, 2000".</summary>
    public required string Method { get; init; }

    /// <summary>How many slices.</summary>
    public required int Samples { get; init; }

    /// <summary>How many independent groups (scans) the slices come from; null where it is not known.</summary>
    public required int? Groups { get; init; }

    internal IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Name) || string.IsNullOrWhiteSpace(Set))
        {
            yield return "a metric has no name or no set";
        }

        if (!double.IsFinite(Value) || Lower > Value || Upper < Value)
        {
            yield return $"metric {Name} must be finite and lie within its interval";
        }

        if (Level is not (> 0 and < 1))
        {
            yield return $"metric {Name} must have a level between 0 and 1, both excluded";
        }

        if (Samples < 1 || Groups < 1)
        {
            yield return $"metric {Name} must count at least one sample and one group";
        }
    }
}
