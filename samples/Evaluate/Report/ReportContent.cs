using CovidCtNet.Lib.Inference;
using CovidCtNet.Samples.Evaluate.Audit;
using CovidCtNet.Samples.Evaluate.Figures;
using CovidCtNet.Samples.Evaluate.Plots;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>Everything the report shows.</summary>
internal sealed record ReportContent
{
    public required EvaluateSettings Settings { get; init; }

    /// <summary>One evaluated table, or two that are compared; the first is the one that the report is about.</summary>
    public required IReadOnlyList<EvaluationResult> Results { get; init; }

    /// <summary>Null with one table, or where a comparison is not defined.</summary>
    public required ModelComparison? Comparison { get; init; }

    public required IReadOnlyList<AuditNote> Audit { get; init; }

    public required IReadOnlyList<Plot> Plots { get; init; }

    public required IReadOnlyList<Mistake> FalseAlarms { get; init; }

    public required IReadOnlyList<Mistake> Misses { get; init; }

    /// <summary>The model's own record; null where only scores were given.</summary>
    public required ModelContract? Contract { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>True for generated scores.</summary>
    public bool IsDemo { get; init; }

    public EvaluationResult Main => Results[0];
}
