namespace CovidCtNet.Lib.Inference;

/// <summary>What DICOM results carry besides references to their source.</summary>
public sealed record DicomResultOptions
{
    /// <summary>The options used where none are given.</summary>
    public static DicomResultOptions Default { get; } = new();

    /// <summary>
    /// Whether the patient's and study's own data (name, ID, birth date, sex, dates, accession number) are copied from the source, so that
    /// an archive files the result under the patient. Default: false; they stay empty, and UIDs alone tie the result to its study.
    /// </summary>
    public bool CopyPatient { get; init; }
}
