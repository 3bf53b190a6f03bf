namespace CovidCtNet.Samples.Evaluate.Figures;

/// <summary>The part of the report a figure belongs to.</summary>
internal enum FigureKind
{
    Ranking,
    AtThreshold,
    Calibration,
}
