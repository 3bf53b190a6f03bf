namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>Content items of a structured report (PS3.3, C.17.3).</summary>
internal static class DicomReport
{
    /// <summary>Codes that no standard has: probabilities of a model, which are no findings.</summary>
    public const string OwnScheme = "99COVIDCTNET";

    public static DicomWriter Code(string value, string scheme, string meaning) => new DicomWriter()
        .Text(0x0008, 0x0100, "SH", value, 16)
        .Text(0x0008, 0x0102, "SH", scheme, 16)
        .Text(0x0008, 0x0104, "LO", meaning);

    public static DicomWriter Item(string relationship, string type, DicomWriter? concept)
    {
        var item = new DicomWriter().Text(0x0040, 0xA010, "CS", relationship).Text(0x0040, 0xA040, "CS", type);
        return concept is null ? item : item.Sequence(0x0040, 0xA043, concept);
    }

    public static DicomWriter Container(string relationship, DicomWriter concept, params IEnumerable<DicomWriter> children)
        => Item(relationship, "CONTAINER", concept).Text(0x0040, 0xA050, "CS", "SEPARATE").Sequence(0x0040, 0xA730, children);

    public static DicomWriter CodeItem(string relationship, DicomWriter concept, DicomWriter code)
        => Item(relationship, "CODE", concept).Sequence(0x0040, 0xA168, code);

    public static DicomWriter TextItem(string relationship, DicomWriter concept, string text)
        => Item(relationship, "TEXT", concept).Text(0x0040, 0xA160, "UT", text, 1024);

    public static DicomWriter UidItem(string relationship, DicomWriter concept, string uid)
        => Item(relationship, "UIDREF", concept).Text(0x0040, 0xA124, "UI", uid);

    /// <summary>A number without a unit.</summary>
    public static DicomWriter NumberItem(string relationship, DicomWriter concept, double value, params IEnumerable<DicomWriter> children)
        => Item(relationship, "NUM", concept)
            .Sequence(0x0040, 0xA300, new DicomWriter().Text(0x0040, 0xA30A, "DS", DicomWriter.Decimal(value), 16).Sequence(0x0040, 0x08EA, Code("1", "UCUM", "no units")))
            .Sequence(0x0040, 0xA730, children);

    /// <summary>A reference to a slice; a frame number where its object has many.</summary>
    public static DicomWriter ImageItem(string relationship, CtSeriesSlice slice, bool manyFrames)
        => Item(relationship, "IMAGE", null).Sequence(0x0008, 0x1199, Reference(slice, manyFrames));

    public static DicomWriter Reference(CtSeriesSlice slice, bool manyFrames)
    {
        var reference = new DicomWriter().Text(0x0008, 0x1150, "UI", slice.SopClassUid ?? "").Text(0x0008, 0x1155, "UI", slice.SopInstanceUid ?? "");
        return manyFrames ? reference.Text(0x0008, 0x1160, "IS", (slice.Frame + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)) : reference;
    }
}
