namespace CovidCtNet.Samples.Explain.Study;

/// <summary>What the study is asked for.</summary>
/// <param name="Data">Folder of annotated sets.</param>
/// <param name="ModelPath">The model file, or null for the default model.</param>
/// <param name="OutputFolder">Folder for tables and gallery.</param>
/// <param name="Document">Markdown file whose part between the study's markers is replaced; null for none.</param>
/// <param name="Slices">Slices of each set for maps that take one run.</param>
/// <param name="SlowSlices">Slices of each set for maps that take many runs.</param>
/// <param name="FaithfulSlices">Slices of each set for deletion, insertion, randomised weights and shifts.</param>
/// <param name="Seed">Draws the slices.</param>
/// <param name="TrainedOn">Sets whose masks or slices the model was trained on: their figures are labelled.</param>
internal sealed record StudyRequest(
    string Data, string? ModelPath, string OutputFolder, string? Document, int Slices, int SlowSlices, int FaithfulSlices, int Seed, IReadOnlyList<string> TrainedOn);
