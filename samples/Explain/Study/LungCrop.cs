using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary>A slice cut to the box of its lungs and a margin: framed as the slices of the training set are.</summary>
internal sealed record LungCrop(CtImage Image, InfectionAnnotation Annotation)
{
    private const double Margin = 0.06;

    /// <summary>The cut; null where lungs are unknown, or all that is marked would be cut away.</summary>
    public static LungCrop? Of(CtImage image, InfectionAnnotation annotation, bool[]? lungs)
    {
        if (lungs is null || image.ValueKind != CtValueKind.Gray8)
        {
            return null;
        }

        int[] inside = [.. Enumerable.Range(0, lungs.Length).Where(i => lungs[i])];
        if (inside.Length == 0)
        {
            return null;
        }

        var margin = (int)(Margin * Math.Min(image.Width, image.Height));
        var (left, right) = (Math.Max(0, inside.Min(i => i % image.Width) - margin), Math.Min(image.Width, inside.Max(i => i % image.Width) + margin + 1));
        var (top, bottom) = (Math.Max(0, (inside[0] / image.Width) - margin), Math.Min(image.Height, (inside[^1] / image.Width) + margin + 1));
        var (width, height) = (right - left, bottom - top);
        var mask = annotation.ToMask();
        var (pixels, marked) = (new byte[width * height], new bool[width * height]);
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = (left + (i % width), top + (i / width));
            pixels[i] = (byte)image[x, y];
            marked[i] = mask[(y * image.Width) + x];
        }

        return marked.Contains(true) ? new LungCrop(CtImage.FromGray8(pixels, width, height, image.SourceName), InfectionAnnotation.FromMask(marked, width, height)) : null;
    }
}
