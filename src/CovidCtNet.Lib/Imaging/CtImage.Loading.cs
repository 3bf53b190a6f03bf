using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging;

public sealed partial class CtImage
{
    /// <summary>Reads a PNG, JPEG or BMP file to gray. The format is told by the content, not by the name.</summary>
    /// <remarks>
    /// Colour becomes gray by ITU-R BT.601 luma. Partly transparent pixels are laid over black. Colour profiles and gamma are ignored:
    /// the numbers of the file are the data. 16-bit PNG keeps its 16 bits. The EXIF orientation of a JPEG is applied.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="limits">What the file may ask for; <see cref="CtImageLimits.Default"/> if null.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no file at <paramref name="path"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="CtImageException">The file is empty, no picture, cut, damaged, too large or of an unsupported kind.</exception>
    public static CtImage Load(string path, CtImageLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            var what = Directory.Exists(path) ? "is a folder, not an image file" : "does not exist";
            throw new FileNotFoundException($"{path}: {what}. Check the path.", path);
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Load(file, path, limits ?? CtImageLimits.Default);
    }

    /// <summary>Reads a PNG, JPEG or BMP picture to gray, from where the stream stands to its end. The stream stays open.</summary>
    /// <param name="stream">A readable stream; it need not seek or know its length.</param>
    /// <param name="limits">What the picture may ask for; <see cref="CtImageLimits.Default"/> if null.</param>
    /// <param name="sourceName">A name for messages.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="CtImageException">The content is empty, no picture, cut, damaged, too large or of an unsupported kind.</exception>
    public static CtImage Load(Stream stream, CtImageLimits? limits = null, string? sourceName = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(stream, sourceName, limits ?? CtImageLimits.Default);
    }

    private static CtImage Load(Stream stream, string? sourceName, CtImageLimits limits)
    {
        var errors = new ImageErrors(sourceName);
        using var bytes = BoundedBytes.Read(stream, limits, errors);
        var decoded = ImageDecoder.Decode(bytes.Array, bytes.Length, limits, errors);
        var maximum = decoded.Kind == CtValueKind.Gray16 ? ushort.MaxValue : byte.MaxValue;
        return new CtImage(decoded.Pixels, decoded.Width, decoded.Height, decoded.Kind, maximum, null, sourceName);
    }
}
