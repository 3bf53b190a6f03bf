namespace CovidCtNet.Samples.Explain;

/// <summary>What the command line says about the input and output of a model whose file does not.</summary>
/// <param name="Size">Columns and rows of the input; null for those of the file.</param>
/// <param name="Means">Subtracted from intensities in [0, 1]: one number for all channels, or one for each; none for 0.</param>
/// <param name="StandardDeviations">Divide them then; none for 1.</param>
/// <param name="Scores">The tensor of class scores; null for the only output.</param>
internal sealed record InputDescription(int? Size, IReadOnlyList<float> Means, IReadOnlyList<float> StandardDeviations, string? Scores)
{
    /// <summary>Whether nothing is said.</summary>
    public bool IsEmpty => this is { Size: null, Means.Count: 0, StandardDeviations.Count: 0, Scores: null };
}
