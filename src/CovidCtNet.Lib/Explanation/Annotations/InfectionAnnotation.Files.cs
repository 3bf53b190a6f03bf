using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Explanation.Annotations;

/// <content>Mask pictures.</content>
public sealed partial class InfectionAnnotation
{
    /// <summary>Reads a mask picture: every pixel above half of the largest value of the picture's kind is inside, or every pixel above 0.</summary>
    /// <param name="path">A PNG or BMP file; JPEG would blur the edges.</param>
    /// <param name="anyAboveZero">True takes every pixel above 0, for masks whose values are class numbers.</param>
    /// <param name="label">What the region is.</param>
    /// <exception cref="CtImageException">The picture cannot be read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static InfectionAnnotation LoadMask(string path, bool anyAboveZero = true, string label = DefaultLabel)
    {
        var picture = CtImage.Load(path);
        var threshold = anyAboveZero ? 0 : picture.MaximumValue / 2;
        var mask = new bool[picture.Pixels.Length];
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = picture.Pixels[i] > threshold;
        }

        var annotation = FromMask(mask, picture.Width, picture.Height, label);
        return new InfectionAnnotation(annotation.Width, annotation.Height, annotation.Regions) { SliceName = Path.GetFileName(path) };
    }

    /// <summary>Writes all regions as one 8-bit gray PNG: 255 inside, 0 outside.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveMask(string path)
    {
        var intensity = Array.ConvertAll(ToMask(), inside => inside ? 1f : 0f);
        AtomicFile.Write(path, stream => PngEncoder.Write(stream, intensity, Width, Height, 8));
    }
}
