using System.Globalization;
using CovidCtNet.Lib.Imaging.Dicom;

namespace CovidCtNet.Lib.Inference;

/// <summary>The modules that every result object has: patient, study, series, equipment.</summary>
internal sealed class DicomResultHeader(CtSeriesPrediction prediction, DicomResultOptions options, DateTime now)
{
    private readonly DicomDataset _source = (prediction.Series.Slices[0].LoadFile ?? throw new InvalidOperationException(
        "The series has no DICOM identifiers to refer to, because it does not come from DICOM files. Write the result as JSON.")).Invoke().Dataset;

    private readonly string _study = prediction.Series.StudyInstanceUid is { } study && prediction.Series.SeriesInstanceUid is not null
        ? study
        : throw new InvalidOperationException("The series has no study or series UID to refer to. Write the result as JSON.");

    public DicomWriter Create(string sopClass, string modality, string seriesUid, int seriesNumber, int instance, string description)
    {
        var copied = options.CopyPatient ? _source : null;
        var set = new DicomWriter();
        if (copied?.Text(DicomTag.SpecificCharacterSet) is not null)
        {
            set.Copy(DicomTag.SpecificCharacterSet, "CS", copied);
        }

        return set
            .Text(0x0008, 0x0016, "UI", sopClass)
            .Text(0x0008, 0x0018, "UI", DicomUid.Create())
            .Copy(DicomTag.StudyDate, "DA", copied)
            .Text(0x0008, 0x0023, "DA", now.ToString("yyyyMMdd", CultureInfo.InvariantCulture))
            .Copy(DicomTag.StudyTime, "TM", copied)
            .Text(0x0008, 0x0033, "TM", now.ToString("HHmmss", CultureInfo.InvariantCulture))
            .Copy(DicomTag.AccessionNumber, "SH", copied)
            .Text(0x0008, 0x0060, "CS", modality)
            .Text(0x0008, 0x0070, "LO", "CovidCtNet contributors")
            .Copy(DicomTag.ReferringPhysicianName, "PN", copied)
            .Text(0x0008, 0x103E, "LO", description)
            .Text(0x0008, 0x1090, "LO", "CovidCtNet, research use")
            .Copy(DicomTag.PatientName, "PN", copied)
            .Copy(DicomTag.PatientId, "LO", copied)
            .Copy(DicomTag.PatientBirthDate, "DA", copied)
            .Copy(DicomTag.PatientSex, "CS", copied)
            .Text(0x0018, 0x1020, "LO", prediction.Contract.Version)
            .Text(0x0020, 0x000D, "UI", _study)
            .Text(0x0020, 0x000E, "UI", seriesUid)
            .Copy(DicomTag.StudyId, "SH", copied)
            .Text(0x0020, 0x0011, "IS", seriesNumber.ToString(CultureInfo.InvariantCulture))
            .Text(0x0020, 0x0013, "IS", instance.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Whether the objects of the series hold several frames, so that references name one.</summary>
    public bool HasFrames => prediction.Series.Slices.Any(s => s.Frame > 0);
}
