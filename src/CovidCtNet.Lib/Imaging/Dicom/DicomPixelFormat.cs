using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>The image pixel module of a data set (PS3.3, C.7.6.3), checked.</summary>
internal sealed record DicomPixelFormat
{
    public required int Rows { get; init; }

    public required int Columns { get; init; }

    public required int Frames { get; init; }

    public required int BitsAllocated { get; init; }

    public required int BitsStored { get; init; }

    public required int HighBit { get; init; }

    public required bool IsSigned { get; init; }

    /// <summary>1 for gray, 3 for colour.</summary>
    public required int Samples { get; init; }

    public required string Photometric { get; init; }

    /// <summary>Whether colour lies by planes, not by pixels.</summary>
    public required bool IsPlanar { get; init; }

    public bool IsInverted => Photometric == "MONOCHROME1";

    public int Pixels => Rows * Columns;

    public int BytesPerSample => BitsAllocated / 8;

    public static DicomPixelFormat Read(DicomDataset set, CtImageLimits limits, ImageErrors errors)
    {
        var rows = set.Word(DicomTag.Rows) ?? throw errors.Corrupt("it has no Rows (0028,0010)");
        var columns = set.Word(DicomTag.Columns) ?? throw errors.Corrupt("it has no Columns (0028,0011)");
        errors.CheckSize(columns, rows, limits);
        var frames = set.Find(DicomTag.NumberOfFrames) is null ? 1 : set.Integer(DicomTag.NumberOfFrames) ?? 0;
        if (frames < 1)
        {
            throw errors.Corrupt("its Number of Frames (0028,0008) is below 1 or no number");
        }

        if (frames > limits.MaximumSlices)
        {
            throw errors.TooMuch($"has {frames} frames, the limit is {limits.MaximumSlices}", nameof(CtImageLimits.MaximumSlices));
        }

        var allocated = set.Word(DicomTag.BitsAllocated) ?? throw errors.Corrupt("it has no Bits Allocated (0028,0100)");
        var stored = set.Word(DicomTag.BitsStored) ?? allocated;
        var high = set.Word(DicomTag.HighBit) ?? stored - 1;
        var samples = set.Word(DicomTag.SamplesPerPixel) ?? 1;
        var photometric = set.Text(DicomTag.Photometric) ?? "MONOCHROME2";
        if (allocated is not (8 or 16))
        {
            throw errors.Unsupported($"has {allocated} bits allocated for a pixel, and only 8 and 16 are read");
        }

        if (stored < 1 || stored > allocated || high >= allocated || high < stored - 1)
        {
            throw errors.Corrupt($"its bits do not fit: {allocated} allocated, {stored} stored, high bit {high}");
        }

        var gray = photometric is "MONOCHROME1" or "MONOCHROME2" && samples == 1;
        var color = photometric is "RGB" or "YBR_FULL" or "YBR_FULL_422" && samples == 3 && allocated == 8;
        if (!gray && !color)
        {
            throw errors.Unsupported($"has the photometric interpretation {Printable(photometric)} with {samples} samples of {allocated} bits, which is not read");
        }

        return new DicomPixelFormat
        {
            Rows = rows,
            Columns = columns,
            Frames = frames,
            BitsAllocated = allocated,
            BitsStored = stored,
            HighBit = high,
            IsSigned = set.Word(DicomTag.PixelRepresentation) == 1,
            Samples = samples,
            Photometric = photometric,
            IsPlanar = color && set.Word(DicomTag.PlanarConfiguration) == 1,
        };
    }

    /// <summary>The stored bits of a word, shifted down and with their sign.</summary>
    public int Value(int word)
    {
        var value = (word >> (HighBit + 1 - BitsStored)) & ((1 << BitsStored) - 1);
        return IsSigned && (value & (1 << (BitsStored - 1))) != 0 ? value - (1 << BitsStored) : value;
    }

    private static string Printable(string text) => text.Length <= 16 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ' ') ? text : "of an unknown name";
}
