namespace CovidCtNet.Lib.Training.Audit;

/// <summary>What an audit keeps of a slice.</summary>
/// <param name="FileSha256">Hash of the file.</param>
/// <param name="PixelSha256">Hash of size and gray values.</param>
/// <param name="Plane">Intensity at <see cref="Side"/> x <see cref="Side"/> in 256 steps, row by row.</param>
/// <param name="Facts">What tells nothing about a disease.</param>
internal sealed record SliceFingerprint(string FileSha256, string PixelSha256, byte[] Plane, FileFacts Facts)
{
    /// <summary>Side of the plane in pixels: vessels are visible, noise is averaged.</summary>
    public const int Side = 64;
}
