using CovidCtNet.Lib.Imaging.Dicom;

namespace CovidCtNet.Lib.Imaging;

/// <summary>One slice of a series; its pixels are read when they are asked for.</summary>
public sealed class CtSeriesSlice
{
    private readonly Func<CtImage> _load;

    internal CtSeriesSlice(string name, int file, int frame, Func<CtImage> load)
        => (SourceName, File, Frame, _load) = (name, file, frame, load);

    /// <summary>Path below the folder, or name in the archive. It may name a patient: keep it out of logs.</summary>
    public string SourceName { get; }

    /// <summary>Its file's number among the files looked at, from 1: names nobody.</summary>
    public int File { get; }

    /// <summary>Frame of the file, from 0.</summary>
    public int Frame { get; }

    /// <summary>UID of the object; null for NIfTI.</summary>
    public string? SopInstanceUid { get; internal init; }

    /// <summary>UID of the kind of object; null for NIfTI.</summary>
    public string? SopClassUid { get; internal init; }

    /// <summary>Number in the series; null if absent.</summary>
    public int? InstanceNumber { get; internal init; }

    /// <summary>Number of the acquisition; null if absent.</summary>
    public int? AcquisitionNumber { get; internal init; }

    /// <summary>Where it lies; null if the file does not say.</summary>
    public CtSliceGeometry? Geometry { get; internal init; }

    /// <summary>The display windows that the file suggests, in HU. They are not used.</summary>
    public IReadOnlyList<CtWindow> DisplayWindows { get; internal init; } = [];

    /// <summary>Place along the normal, in mm, growing towards the head; null if unknown.</summary>
    public double? Location => Geometry is { } g ? g.Position.Dot(g.Normal.Times(g.Normal.Z < 0 ? -1 : 1)) : null;

    /// <summary>Columns and rows of the file's pixels.</summary>
    internal (int Width, int Height) Size { get; init; }

    /// <summary>The DICOM object, read anew; null for NIfTI.</summary>
    internal Func<DicomFile>? LoadFile { get; init; }

    /// <summary>
    /// Reads the slice: Hounsfield units for CT, turned upright (columns to the patient's left, rows to the back) where the file holds
    /// it otherwise. May be called from any thread.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="CtImageException">The pixels are damaged, beyond a limit or of a kind that is not read.</exception>
    /// <exception cref="ObjectDisposedException">The study of an archive has been disposed.</exception>
    public CtImage Load() => _load();
}
