using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Classify;

/// <summary>What the command line asks for.</summary>
/// <param name="Paths">Files and folders; none for synthetic slices.</param>
/// <param name="ModelPath">The model file, or null for the default model.</param>
/// <param name="OutputPath">The CSV to write, or null.</param>
/// <param name="Options">How to run the model.</param>
/// <param name="Tune">Whether threads and batch size are found by measurement first.</param>
internal sealed record ClassifyRequest(IReadOnlyList<string> Paths, string? ModelPath, string? OutputPath, CovidCtModelOptions Options, bool Tune = false);
