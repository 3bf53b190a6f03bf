namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>How a data set and its pixels are encoded (PS3.5, annex A).</summary>
internal sealed record DicomTransferSyntax(string Uid, string Name, DicomPixelCoding Coding)
{
    public const string ImplicitLittleEndianUid = "1.2.840.10008.1.2";
    public const string ExplicitLittleEndianUid = "1.2.840.10008.1.2.1";

    private static readonly DicomTransferSyntax[] Known =
    [
        new(ImplicitLittleEndianUid, "Implicit VR Little Endian", DicomPixelCoding.Native),
        new(ExplicitLittleEndianUid, "Explicit VR Little Endian", DicomPixelCoding.Native),
        new("1.2.840.10008.1.2.2", "Explicit VR Big Endian", DicomPixelCoding.Native),
        new("1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", DicomPixelCoding.Native),
        new("1.2.840.10008.1.2.5", "RLE Lossless", DicomPixelCoding.RunLength),
        new("1.2.840.10008.1.2.4.50", "JPEG Baseline (Process 1)", DicomPixelCoding.JpegBaseline),
        new("1.2.840.10008.1.2.4.51", "JPEG Extended (Process 2 and 4)", DicomPixelCoding.JpegBaseline),
        new("1.2.840.10008.1.2.4.57", "JPEG Lossless (Process 14)", DicomPixelCoding.JpegLossless),
        new("1.2.840.10008.1.2.4.70", "JPEG Lossless, First-Order Prediction (Process 14, Selection Value 1)", DicomPixelCoding.JpegLossless),
        new("1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.81", "JPEG-LS Lossy (Near-Lossless)", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.91", "JPEG 2000", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Lossless", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.100", "MPEG2 Main Profile", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.107", "HEVC/H.265", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.110", "JPEG XL Lossless", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.112", "JPEG XL", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 with RPCL Lossless", DicomPixelCoding.Other),
        new("1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000", DicomPixelCoding.Other),
    ];

    public bool IsExplicit => Uid != ImplicitLittleEndianUid;

    public bool IsBigEndian => Uid == "1.2.840.10008.1.2.2";

    public bool IsDeflated => Uid == "1.2.840.10008.1.2.1.99";

    /// <summary>Syntaxes without an entry are explicit little endian, as every one since 1993 has been.</summary>
    public static DicomTransferSyntax Of(string uid)
        => Array.Find(Known, s => s.Uid == uid) ?? new DicomTransferSyntax(uid, "unknown", DicomPixelCoding.Other);
}
