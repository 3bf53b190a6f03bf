using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Explanation.Agreement;

/// <summary>One figure of agreement over many slices, beside what it has to beat.</summary>
/// <param name="Name">What it is, such as <c>pointing game</c>.</param>
/// <param name="Value">The figure of the maps, with its bootstrap interval over groups of slices.</param>
/// <param name="CentredBlob">The figure of a blob at the centre of the same slices.</param>
/// <param name="Chance">The figure expected of a map that ignores the slice; NaN where it has none.</param>
public sealed record AgreementFigure(string Name, Interval Value, Interval CentredBlob, double Chance);
