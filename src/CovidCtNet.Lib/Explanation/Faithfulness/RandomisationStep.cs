namespace CovidCtNet.Lib.Explanation.Faithfulness;

/// <summary>A map of a network some of whose weights were shuffled, against the map of the trained one.</summary>
/// <param name="RandomisedLayers">Layers whose weights were shuffled, counted from the scores down.</param>
/// <param name="Layers">Layers with weights in all.</param>
/// <param name="RankCorrelation">Spearman's correlation of the two maps at the input, in [-1, 1]; NaN where one is flat.</param>
public sealed record RandomisationStep(int RandomisedLayers, int Layers, double RankCorrelation);
