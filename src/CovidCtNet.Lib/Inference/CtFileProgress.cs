namespace CovidCtNet.Lib.Inference;

/// <summary>How far a run over files has come.</summary>
/// <param name="Completed">Files with a result, the failed ones included.</param>
/// <param name="Failed">Files without a prediction.</param>
/// <param name="Total">All files, or null while their number is not known.</param>
public readonly record struct CtFileProgress(int Completed, int Failed, int? Total);
