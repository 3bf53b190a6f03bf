namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>A picture of a case for the report.</summary>
/// <param name="Png">The PNG file.</param>
/// <param name="Attention">How the model's attention that is drawn over the slice was computed; null for the slice alone.</param>
internal sealed record CasePicture(byte[] Png, string? Attention)
{
    public bool ShowsAttention => Attention is not null;
}
