using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>Draws slices for the report.</summary>
internal static class SlicePictures
{
    /// <summary>The slice alone, as the library decodes it; null if it cannot be read.</summary>
    public static CasePicture? Plain(string path)
    {
        try
        {
            using var stream = new MemoryStream();
            CtImage.Load(path).SavePng(stream);
            return new CasePicture(stream.ToArray(), ShowsAttention: false);
        }
        catch (Exception unreadable) when (unreadable is CtImageException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
