namespace CovidCtNet.Samples.Classify;

/// <summary>A file to classify, or a folder that could not be looked into.</summary>
/// <param name="Path">The path, starting as it was given.</param>
/// <param name="Error">Why a folder could not be read; null for files.</param>
internal readonly record struct FoundFile(string Path, string? Error);
