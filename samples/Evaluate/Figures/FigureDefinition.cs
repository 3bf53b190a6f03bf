using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Samples.Evaluate.Figures;

/// <summary>One figure of the report.</summary>
/// <param name="Key">Name in <c>metrics.json</c>.</param>
/// <param name="Name">Name in the report.</param>
/// <param name="Kind">Where it belongs.</param>
/// <param name="Value">How it is computed.</param>
/// <param name="Note">What it says, in plain words.</param>
/// <param name="Counts">Successes and trials, if it is a proportion of cases.</param>
internal sealed record FigureDefinition(
    string Key,
    string Name,
    FigureKind Kind,
    Func<BinaryMetrics, double> Value,
    string Note,
    Func<ConfusionMatrix, (double Successes, double Trials)>? Counts = null);
