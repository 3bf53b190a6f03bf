namespace CovidCtNet.Lib.Training.Guidance;

/// <summary>
/// Guided attention: slices with readers' infection masks join every training step. They carry no class label; they teach where the
/// evidence is, and lend infected regions to clean training slices.
/// </summary>
public sealed record GuidanceOptions
{
    /// <summary>Folder of the slices.</summary>
    public required string Images { get; init; }

    /// <summary>Folder of their infection masks, one for each slice under the same file name; pixels above 0 are infected.</summary>
    public required string Masks { get; init; }

    /// <summary>Guided slices in each step.</summary>
    public int SlicesPerStep { get; init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Must be finite and not negative."); } = 4;

    /// <summary>
    /// Weight of the guidance loss: the cross-entropy between the infected area's distribution over the cells of the last feature map
    /// and the softmax of the class evidence over the same cells. It asks for a place, not for a class.
    /// </summary>
    public double Weight { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Must not be negative."); } = 0.3;

    /// <summary>Probability with which a negative training slice gets an infected region and the positive label, [0, 1].</summary>
    public double Transplants { get; init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Must be in [0, 1]."); } = 0.2;
}
