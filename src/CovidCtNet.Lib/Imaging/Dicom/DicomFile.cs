using System.Globalization;
using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>
/// A DICOM file with its pixels: what tells slices and series apart, stored values, and slices in Hounsfield units. A small reader for
/// CT, not a DICOM toolkit; see <c>docs/dicom.md</c> for what it reads. Immutable and thread-safe.
/// </summary>
/// <remarks>No attribute that names or describes the patient is exposed, logged or put into a message.</remarks>
public sealed class DicomFile
{
    /// <summary>What stands for padding (PS3.3, C.7.5.1.1.2), in HU: below air in every window.</summary>
    internal const float PaddingHounsfield = -3024;

    private readonly DicomContent _content;
    private readonly CtImageLimits _limits;
    private readonly ImageErrors _errors;
    private readonly Lazy<DicomPixelFormat> _format;

    private DicomFile(DicomContent content, CtImageLimits limits, ImageErrors errors)
    {
        _content = content;
        _limits = limits;
        _errors = errors;
        _format = new(() => DicomPixelFormat.Read(content.Dataset, limits, errors));
    }

    /// <summary>The file, or the name given with the stream; null where there is none.</summary>
    public string? SourceName => _errors.SourceName;

    /// <summary>UID of the transfer syntax: how the file is encoded.</summary>
    public string TransferSyntaxUid => _content.Syntax.Uid;

    /// <summary>Name of the transfer syntax, or "unknown".</summary>
    public string TransferSyntaxName => _content.Syntax.Name;

    /// <summary>UID of the kind of object; null if absent.</summary>
    public string? SopClassUid => Dataset.Text(DicomTag.SopClassUid);

    /// <summary>UID of this object; null if absent.</summary>
    public string? SopInstanceUid => Dataset.Text(DicomTag.SopInstanceUid);

    /// <summary>UID of the series; null if absent.</summary>
    public string? SeriesInstanceUid => Dataset.Text(DicomTag.SeriesInstanceUid);

    /// <summary>UID of the study; null if absent.</summary>
    public string? StudyInstanceUid => Dataset.Text(DicomTag.StudyInstanceUid);

    /// <summary>Modality, such as CT; null if absent.</summary>
    public string? Modality => Dataset.Text(DicomTag.Modality);

    /// <summary>The values of Image Type, such as ORIGINAL, PRIMARY, AXIAL.</summary>
    public IReadOnlyList<string> ImageType => Dataset.Texts(DicomTag.ImageType);

    /// <summary>Number in the series; null if absent.</summary>
    public int? InstanceNumber => Dataset.Integer(DicomTag.InstanceNumber);

    /// <summary>Number of the acquisition; null if absent.</summary>
    public int? AcquisitionNumber => Dataset.Integer(DicomTag.AcquisitionNumber);

    /// <summary>Whether there are pixels.</summary>
    public bool HasPixels => Dataset.Find(DicomTag.PixelData) is not null;

    /// <summary>Frames, at least 1.</summary>
    /// <exception cref="CtImageException">The description of the pixels is missing, damaged or of a kind that is not read.</exception>
    public int FrameCount => _format.Value.Frames;

    /// <summary>Columns of every frame.</summary>
    /// <exception cref="CtImageException">The description of the pixels is missing, damaged or of a kind that is not read.</exception>
    public int Width => _format.Value.Columns;

    /// <summary>Rows of every frame.</summary>
    /// <exception cref="CtImageException">The description of the pixels is missing, damaged or of a kind that is not read.</exception>
    public int Height => _format.Value.Rows;

    internal DicomDataset Dataset => _content.Dataset;

    /// <summary>Reads a file; its pixels are decoded later.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">What it may ask for; <see cref="CtImageLimits.Default"/> if null.</param>
    /// <exception cref="FileNotFoundException">There is no file at <paramref name="path"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="CtImageException">It is no DICOM file, cut, damaged or beyond a limit.</exception>
    public static DicomFile Load(string path, CtImageLimits? limits = null)
    {
        using var file = CtImage.OpenRead(path);
        return Load(file, limits, path);
    }

    /// <summary>Reads from where a stream stands to its end; pixels are decoded later. The stream stays open.</summary>
    /// <param name="stream">A readable stream.</param>
    /// <param name="limits">What it may ask for; <see cref="CtImageLimits.Default"/> if null.</param>
    /// <param name="sourceName">A name for messages.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="CtImageException">It is no DICOM file, cut, damaged or beyond a limit.</exception>
    public static DicomFile Load(Stream stream, CtImageLimits? limits = null, string? sourceName = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits ??= CtImageLimits.Default;
        var errors = new ImageErrors(sourceName);
        using var bytes = BoundedBytes.Read(stream, limits, errors);
        if (bytes.Length == 0)
        {
            throw errors.Empty();
        }

        if (!DicomContent.IsDicom(bytes.Array.AsSpan(0, bytes.Length)))
        {
            throw errors.UnknownFormat();
        }

        // The pooled bytes go back; the file keeps its own.
        return Parse(bytes.Array.AsSpan(0, bytes.Length).ToArray(), bytes.Length, limits, errors);
    }

    /// <summary>The stored values of a frame, before rescaling: shifted to bit 0 and with their sign, padding kept; luma for colour.</summary>
    /// <param name="frame">From 0.</param>
    /// <returns><see cref="Height"/> times <see cref="Width"/> values, row by row.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    /// <exception cref="CtImageException">The pixels are missing, damaged, beyond a limit or of a kind that is not read.</exception>
    public int[] ReadStoredValues(int frame = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, FrameCount);
        return new DicomPixels(_content, _format.Value, _limits, _errors).Read(frame);
    }

    /// <summary>
    /// A frame as a slice: CT in Hounsfield units with the lung window (never the display window of the file), other modalities in gray.
    /// Padding becomes -3024 HU. Rows and columns stay as they are in the file.
    /// </summary>
    /// <param name="frame">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    /// <exception cref="CtImageException">The pixels are missing, damaged, beyond a limit or of a kind that is not read.</exception>
    public CtImage ReadFrame(int frame = 0) => CtImage.FromDecoded(ReadDecoded(frame), SourceName);

    /// <summary>The display windows that the file suggests for a frame, in HU. They are not used.</summary>
    /// <param name="frame">From 0.</param>
    public IReadOnlyList<CtWindow> ReadDisplayWindows(int frame = 0) => new DicomFrameInfo(Dataset, frame).Windows;

    /// <summary>Where a frame lies in the patient; null if the file does not say.</summary>
    /// <param name="frame">From 0.</param>
    public CtSliceGeometry? ReadGeometry(int frame = 0) => new DicomFrameInfo(Dataset, frame).Geometry;

    internal static DicomFile Parse(byte[] data, int length, CtImageLimits limits, ImageErrors errors)
        => new(DicomContent.Parse(data, length, limits, errors), limits, errors);

    internal DecodedImage ReadDecoded(int frame)
    {
        var stored = ReadStoredValues(frame);
        var info = new DicomFrameInfo(Dataset, frame);
        return _format.Value.Samples == 1 && Modality == "CT" && info.Intercept is not null ? ToHounsfield(stored, info) : ToGray(stored);
    }

    private DecodedImage ToHounsfield(int[] stored, DicomFrameInfo info)
    {
        if (Dataset.Find(DicomTag.ModalityLutSequence) is not null)
        {
            throw _errors.Unsupported("has a modality look-up table in place of a rescale slope, which is not read");
        }

        // US is "unspecified" and common in derived CT; any other type says that the values are something else.
        if (info.RescaleType is not (null or "HU" or "US"))
        {
            throw _errors.Unsupported("has pixel values that are no Hounsfield units (Rescale Type)", "Use the series in Hounsfield units");
        }

        var (slope, intercept) = (info.Slope ?? 1, info.Intercept ?? 0);
        if (slope == 0 || Math.Abs(slope) > 1e6 || Math.Abs(intercept) > 1e6)
        {
            throw _errors.Corrupt(string.Create(CultureInfo.InvariantCulture, $"its rescale slope {slope} or intercept {intercept} makes no Hounsfield units"));
        }

        var (first, last) = PaddingRange();
        var pixels = new float[stored.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = stored[i] >= first && stored[i] <= last ? PaddingHounsfield : (float)((stored[i] * slope) + intercept);
        }

        return new DecodedImage(pixels, Width, Height, CtValueKind.Hounsfield);
    }

    /// <summary>The stored values that mean padding, both included; an empty range where there are none.</summary>
    private (int First, int Last) PaddingRange()
    {
        if (Dataset.Word(DicomTag.PixelPaddingValue) is not { } value)
        {
            return (int.MaxValue, int.MinValue);
        }

        var limit = Dataset.Word(DicomTag.PixelPaddingRangeLimit) ?? value;
        var (a, b) = (Padding(value), Padding(limit));
        return (Math.Min(a, b), Math.Max(a, b));
    }

    /// <summary>The value is written with the sign of the pixels, whatever representation names it.</summary>
    private int Padding(ushort word) => _format.Value.IsSigned ? (short)word : word;

    private DecodedImage ToGray(int[] stored)
    {
        var format = _format.Value;
        if (format.IsSigned)
        {
            throw _errors.Unsupported("has signed pixels and no rescale to Hounsfield units", "Use a CT series, or hand its pixels to CtImage.FromHounsfield");
        }

        var maximum = format.Samples == 3 ? 255 : (1 << format.BitsStored) - 1;
        var pixels = Array.ConvertAll(stored, value => (float)(format.IsInverted ? maximum - value : value));
        return new DecodedImage(pixels, Width, Height, maximum > 255 ? CtValueKind.Gray16 : CtValueKind.Gray8) { Maximum = maximum };
    }
}
