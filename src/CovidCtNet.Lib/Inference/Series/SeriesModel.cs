namespace CovidCtNet.Lib.Inference;

/// <summary>The model, in the JSON of a series result.</summary>
internal sealed record SeriesModel(string Name, string Version, string WeightsSha256);
