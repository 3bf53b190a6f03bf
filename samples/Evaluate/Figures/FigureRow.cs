using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Samples.Evaluate.Figures;

/// <summary>A figure with its interval, and with the one that would follow from independent cases, if there are groups.</summary>
internal sealed record FigureRow(FigureDefinition Definition, Interval Value, Interval? IfIndependent);
