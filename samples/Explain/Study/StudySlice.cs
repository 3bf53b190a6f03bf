namespace CovidCtNet.Samples.Explain.Study;

/// <summary>A slice with its annotation.</summary>
/// <param name="Name">File name without its ending.</param>
/// <param name="Image">The slice's file.</param>
/// <param name="Infection">Mask of what readers marked.</param>
/// <param name="Lung">Mask of the lungs; null where there is none.</param>
/// <param name="Group">The scan, as far as it is known.</param>
internal sealed record StudySlice(string Name, string Image, string Infection, string? Lung, string Group);
