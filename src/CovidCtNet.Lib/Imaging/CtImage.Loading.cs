using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging;

public sealed partial class CtImage
{
    /// <summary>Reads a slice from PNG, JPEG, BMP, TIFF, DICOM or NIfTI. The format is told by the content, not by the name.</summary>
    /// <remarks>
    /// Colour becomes gray by ITU-R BT.601 luma. Partly transparent pixels are laid over black. Colour profiles and gamma are ignored:
    /// the numbers of the file are the data. 16 bits are kept. The EXIF orientation of a JPEG is applied. CT in DICOM, signed TIFF and
    /// NIfTI come in Hounsfield units with <see cref="CtWindow.Lung"/>; a display window in the file is not used.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="limits">What the file may ask for; <see cref="CtImageLimits.Default"/> if null.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no file at <paramref name="path"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="CtImageException">The file is empty, no picture, cut, damaged, too large, of an unsupported kind, or has several slices.</exception>
    public static CtImage Load(string path, CtImageLimits? limits = null)
    {
        using var file = OpenRead(path);
        return Load(file, path, limits ?? CtImageLimits.Default);
    }

    /// <summary>Reads a slice as <see cref="Load(string, CtImageLimits)"/> does, from where the stream stands to its end. The stream stays open.</summary>
    /// <param name="stream">A readable stream; it need not seek or know its length.</param>
    /// <param name="limits">What the picture may ask for; <see cref="CtImageLimits.Default"/> if null.</param>
    /// <param name="sourceName">A name for messages.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="CtImageException">The content is empty, no picture, cut, damaged, too large, of an unsupported kind, or has several slices.</exception>
    public static CtImage Load(Stream stream, CtImageLimits? limits = null, string? sourceName = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(stream, sourceName, limits ?? CtImageLimits.Default);
    }

    /// <summary>
    /// Reads every slice of a file: pages of a TIFF, frames of a DICOM object, axial slices of a NIfTI volume from feet to head; one for
    /// other pictures.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">What the file may ask for; <see cref="CtImageLimits.Volume"/> if null.</param>
    /// <param name="cancellationToken">Ends the work between slices.</param>
    /// <exception cref="FileNotFoundException">There is no file at <paramref name="path"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="CtImageException">The file is empty, no picture, cut, damaged, too large or of an unsupported kind.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static IReadOnlyList<CtImage> LoadAll(string path, CtImageLimits? limits = null, CancellationToken cancellationToken = default)
    {
        using var file = OpenRead(path);
        return LoadAll(file, limits, path, cancellationToken);
    }

    /// <summary>Reads every slice as <see cref="LoadAll(string, CtImageLimits, CancellationToken)"/> does. The stream stays open.</summary>
    /// <param name="stream">A readable stream; it need not seek or know its length.</param>
    /// <param name="limits">What the file may ask for; <see cref="CtImageLimits.Volume"/> if null.</param>
    /// <param name="sourceName">A name for messages.</param>
    /// <param name="cancellationToken">Ends the work between slices.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="CtImageException">The content is empty, no picture, cut, damaged, too large or of an unsupported kind.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static IReadOnlyList<CtImage> LoadAll(
        Stream stream, CtImageLimits? limits = null, string? sourceName = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits ??= CtImageLimits.Volume;
        var errors = new ImageErrors(sourceName);
        using var bytes = BoundedBytes.Read(stream, limits, errors);
        using var slices = ImageDecoder.Open(bytes.Array, bytes.Length, limits, errors);
        var images = new List<CtImage>();
        for (var i = 0; i < slices.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            images.Add(FromDecoded(slices.Read(i), sourceName));
        }

        return images;
    }

    /// <summary>Opens a file that exists and has a length: pipes and devices have none, and reading them may never end.</summary>
    internal static FileStream OpenRead(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            var what = Directory.Exists(path) ? "is a folder, not an image file" : "does not exist";
            throw new FileNotFoundException($"{path}: {what}. Check the path.", path);
        }

        // The length of a link is that of its own name.
        var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        if (target is { Exists: true, Length: 0 })
        {
            throw new ImageErrors(path).Empty();
        }

        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
    }

    internal static CtImage FromDecoded(DecodedImage decoded, string? sourceName)
    {
        var isHounsfield = decoded.Kind == CtValueKind.Hounsfield;
        var maximum = isHounsfield ? float.NaN : decoded.Maximum ?? (decoded.Kind == CtValueKind.Gray16 ? ushort.MaxValue : byte.MaxValue);
        return new CtImage(decoded.Pixels, decoded.Width, decoded.Height, decoded.Kind, maximum, isHounsfield ? CtWindow.Lung : null, sourceName);
    }

    private static CtImage Load(Stream stream, string? sourceName, CtImageLimits limits)
    {
        var errors = new ImageErrors(sourceName);
        using var bytes = BoundedBytes.Read(stream, limits, errors);
        using var slices = ImageDecoder.Open(bytes.Array, bytes.Length, limits, errors);
        return slices.Count == 1
            ? FromDecoded(slices.Read(0), sourceName)
            : throw errors.Unsupported($"holds {slices.Count} slices, and one was asked for", "Read it with CtImage.LoadAll, or as a series with CtStudy.Load");
    }
}
