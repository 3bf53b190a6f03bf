namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>One attribute of a data set: where its value lies, or what is nested in it.</summary>
/// <param name="Tag">Its number.</param>
/// <param name="Vr">Its value representation, <see cref="DicomVr.None"/> in implicit files.</param>
/// <param name="Start">Where the value begins in the data of its set.</param>
/// <param name="Length">Bytes of the value; 0 for fragments and items.</param>
internal sealed record DicomElement(DicomTag Tag, ushort Vr, int Start, int Length)
{
    /// <summary>The items of a sequence, or null.</summary>
    public IReadOnlyList<DicomDataset>? Items { get; init; }

    /// <summary>The fragments of encapsulated pixel data, the offset table first; or null.</summary>
    public IReadOnlyList<(int Start, int Length)>? Fragments { get; init; }
}
