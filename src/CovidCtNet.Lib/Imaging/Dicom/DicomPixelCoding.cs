namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>How pixel data are packed.</summary>
internal enum DicomPixelCoding
{
    /// <summary>Plain words or bytes.</summary>
    Native,

    /// <summary>PackBits by byte planes (PS3.5, annex G).</summary>
    RunLength,

    /// <summary>JPEG of 8 bits, baseline or extended sequential.</summary>
    JpegBaseline,

    /// <summary>Lossless JPEG (ITU-T T.81, annex H).</summary>
    JpegLossless,

    /// <summary>Anything else: refused by name.</summary>
    Other,
}
