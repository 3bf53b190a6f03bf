using CovidCtNet.Lib.Imaging.Decoding;
using CovidCtNet.Lib.Imaging.Dicom;

namespace CovidCtNet.Lib.Imaging.Series;

/// <summary>Looks at the files of a study one by one: slices of axial CT become candidates, the rest is set aside.</summary>
internal sealed class StudyScan(StudyStore store, CtStudyOptions options)
{
    private const string DirectoryClass = "1.2.840.10008.1.3.10";
    private readonly HashSet<(string Uid, int Frame)> _seen = [];
    private long _bytes;

    public List<SeriesCandidate> Candidates { get; } = [];

    public List<CtSetAside> SetAside { get; } = [];

    public void Look(int file)
    {
        if (store.Refusal(file) is { } refusal)
        {
            Add(file, refusal.Reason, refusal.Detail);
            return;
        }

        try
        {
            var data = store.Read(file, stream => ReadBytes(stream, file));
            _bytes += data.Length;
            if (_bytes > options.MaximumTotalBytes)
            {
                throw new CtImageTooLargeException(
                    store.NameOf(file), $"brings the bytes read above {options.MaximumTotalBytes}, the limit", $"Raise {nameof(CtStudyOptions)}.{nameof(CtStudyOptions.MaximumTotalBytes)}");
            }

            Look(file, data);
        }
        catch (CtImageTooLargeException e)
        {
            Add(file, CtSetAsideReason.TooLarge, Sentence(e));
        }
        catch (CtImageEmptyException e)
        {
            Add(file, CtSetAsideReason.NotDicom, Sentence(e));
        }
        catch (CtImageException e)
        {
            Add(file, CtSetAsideReason.Unreadable, Sentence(e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            // Messages of the file system hold paths; those of archives say nothing that helps.
            Add(file, CtSetAsideReason.Unreadable, $"It cannot be read ({e.GetType().Name}).");
        }
    }

    private static string Sentence(CtImageException e) => $"It {e.Reason}. {e.Cure}.";

    private void Add(int file, CtSetAsideReason reason, string detail) => SetAside.Add(new CtSetAside(store.NameOf(file), file + 1, reason, detail));

    private byte[] ReadBytes(Stream stream, int file)
    {
        using var bytes = BoundedBytes.Read(stream, options.ImageLimits, new ImageErrors(store.NameOf(file)));
        return bytes.Array.AsSpan(0, bytes.Length).ToArray();
    }

    private void Look(int file, byte[] data)
    {
        var errors = new ImageErrors(store.NameOf(file));
        if (data.Length == 0)
        {
            throw errors.Empty();
        }

        if (NiftiDecoder.IsNifti(data) || NiftiDecoder.IsGzip(data))
        {
            AddVolume(file, data, errors);
        }
        else if (DicomContent.IsDicom(data))
        {
            AddDicom(file, DicomFile.Parse(data, data.Length, options.ImageLimits, errors));
        }
        else
        {
            Add(file, CtSetAsideReason.NotDicom, "It is neither DICOM nor NIfTI.");
        }
    }

    private void AddVolume(int file, byte[] data, ImageErrors errors)
    {
        // The slices keep the bytes: a packed volume would have to be unpacked anew for each.
        var slices = NiftiDecoder.Open(data, data.Length, options.ImageLimits, errors);
        for (var i = 0; i < slices.Count; i++)
        {
            var index = i;
            var slice = new CtSeriesSlice(store.NameOf(file), file + 1, i, () => CtImage.FromDecoded(slices.Read(index), errors.SourceName))
            {
                Geometry = slices.Geometry(i),
            };
            Candidates.Add(new SeriesCandidate(null, $"volume {file}", slice));
        }
    }

    private void AddDicom(int file, DicomFile dicom)
    {
        if (Reject(dicom) is { } rejected)
        {
            Add(file, rejected.Reason, rejected.Detail);
            return;
        }

        var frames = dicom.FrameCount;
        for (var i = 0; i < frames; i++)
        {
            var frame = i;
            var geometry = dicom.ReadGeometry(frame);
            if (geometry is { IsAxial: false })
            {
                Add(file, CtSetAsideReason.NotAxial, $"Frame {frame + 1} is not axial.");
                continue;
            }

            if (dicom.SopInstanceUid is { } uid && !_seen.Add((uid, frame)))
            {
                Add(file, CtSetAsideReason.Duplicate, "The same object (SOP Instance UID) was read before.");
                continue;
            }

            // A file of one frame is read anew for its pixels; one of many is kept.
            Func<DicomFile> load = frames > 1 ? () => dicom : () => Reload(file);
            Candidates.Add(new SeriesCandidate(
                dicom.StudyInstanceUid,
                dicom.SeriesInstanceUid,
                new CtSeriesSlice(store.NameOf(file), file + 1, frame, () => SliceTurn.Upright(load().ReadDecoded(frame), geometry, store.NameOf(file)))
                {
                    SopInstanceUid = dicom.SopInstanceUid,
                    SopClassUid = dicom.SopClassUid,
                    InstanceNumber = dicom.InstanceNumber,
                    AcquisitionNumber = dicom.AcquisitionNumber,
                    Geometry = geometry,
                    DisplayWindows = dicom.ReadDisplayWindows(frame),
                    Size = (dicom.Width, dicom.Height),
                    LoadFile = load,
                }));
        }
    }

    private static (CtSetAsideReason Reason, string Detail)? Reject(DicomFile dicom)
    {
        if (!dicom.HasPixels)
        {
            var what = dicom.SopClassUid == DirectoryClass || dicom.SopClassUid is null ? "a directory or another object" : "an object";
            return (CtSetAsideReason.NoPixels, $"It is {what} without pixels{(dicom.Modality is { Length: <= 16 } m && m.All(char.IsAsciiLetterOrDigit) ? $" (modality {m})" : "")}.");
        }

        if (dicom.Modality != "CT")
        {
            return (CtSetAsideReason.NotCt, $"Its modality is {(dicom.Modality is { Length: <= 16 } m && m.All(char.IsAsciiLetterOrDigit) ? m : "not named")}, not CT.");
        }

        if (dicom.ImageType.Contains("LOCALIZER", StringComparer.OrdinalIgnoreCase))
        {
            return (CtSetAsideReason.Localizer, "It is a localiser.");
        }

        return dicom.SopClassUid is { } uid && uid.StartsWith("1.2.840.10008.5.1.4.1.1.7", StringComparison.Ordinal)
            ? (CtSetAsideReason.NotCt, "It is a secondary capture, not a slice.")
            : null;
    }

    private DicomFile Reload(int file)
    {
        var data = store.Read(file, stream => ReadBytes(stream, file));
        return DicomFile.Parse(data, data.Length, options.ImageLimits, new ImageErrors(store.NameOf(file)));
    }
}
