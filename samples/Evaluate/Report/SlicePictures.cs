using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Pictures;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>Draws slices for the report.</summary>
internal static class SlicePictures
{
    // Small enough that sixteen of them leave the page light.
    private static readonly OverlayOptions Overlay = new() { MinimumSide = 256, ColorBar = false, Title = string.Empty };

    /// <summary>The slice alone, as the library decodes it; null if it cannot be read.</summary>
    public static CasePicture? Plain(string path)
    {
        try
        {
            using var stream = new MemoryStream();
            CtImage.Load(path).SavePng(stream);
            return new CasePicture(stream.ToArray(), Attention: null);
        }
        catch (Exception unreadable) when (unreadable is CtImageException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// The slice with the model's attention to the positive class; the slice alone if the model cannot be explained, null if the slice
    /// cannot be read.
    /// </summary>
    public static CasePicture? WithAttention(CovidCtModel model, string path, AttentionMethod method, CancellationToken cancellationToken)
    {
        try
        {
            byte[] png = model.Explain(CtImage.Load(path), method, cancellationToken: cancellationToken).ToOverlayPng(Overlay);
            return new CasePicture(png, method.ToString());
        }
        catch (Exception failed) when (failed is ExplanationException or CtImageException or IOException or UnauthorizedAccessException)
        {
            return Plain(path);
        }
    }
}
