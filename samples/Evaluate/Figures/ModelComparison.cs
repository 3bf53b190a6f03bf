using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Samples.Evaluate.Figures;

/// <summary>Two models against each other.</summary>
/// <param name="IsPaired">True if both scored the same cases.</param>
/// <param name="Pairing">How the cases were matched, or why not.</param>
/// <param name="Rows">The compared figures; the difference is first minus second.</param>
internal sealed record ModelComparison(bool IsPaired, string Pairing, IReadOnlyList<(string Name, Comparison Result)> Rows);
