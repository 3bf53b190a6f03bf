namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>A picture of a case for the report.</summary>
/// <param name="Png">The PNG file.</param>
/// <param name="ShowsAttention">True if the model's attention is drawn over the slice, false for the slice alone.</param>
internal sealed record CasePicture(byte[] Png, bool ShowsAttention);
