using System.Globalization;

using CovidCtNet.Lib.Imaging.Dicom;
using static CovidCtNet.Lib.Imaging.Dicom.DicomReport;

namespace CovidCtNet.Lib.Inference;

/// <summary>A result as a structured report after TID 1500, Imaging Measurement Report (PS3.16).</summary>
internal static class SeriesReport
{
    private const string ComprehensiveReport = "1.2.840.10008.5.1.4.1.1.88.33";

    public static DicomWriter Create(CtSeriesPrediction prediction, DicomResultHeader header, DateTime now)
    {
        var contract = prediction.Contract;
        var root = Container(
            "",
            Code("126000", "DCM", "Imaging Measurement Report"),
            CodeItem("HAS CONCEPT MOD", Code("121049", "DCM", "Language of Content Item and Descendants"), Code("en", "RFC5646", "English")),
            CodeItem("HAS OBS CONTEXT", Code("121005", "DCM", "Observer Type"), Code("121007", "DCM", "Device")),
            UidItem("HAS OBS CONTEXT", Code("121012", "DCM", "Device Observer UID"), DicomUid.Implementation),
            TextItem("HAS OBS CONTEXT", Code("121013", "DCM", "Device Observer Name"), $"{contract.Name} {contract.Version}"),
            CodeItem("HAS CONCEPT MOD", Code("121058", "DCM", "Procedure reported"), Code("24627-2", "LN", "Chest CT")),
            Container("CONTAINS", Code("111028", "DCM", "Image Library"), Library(prediction, header)),
            Container("CONTAINS", Code("126010", "DCM", "Imaging Measurements"), Group(prediction, header)),
            TextItem("CONTAINS", Code("121106", "DCM", "Comment"), Comment(prediction)));

        // The root has no relationship; its template is named, and the document adds its own modules.
        return header.Create(ComprehensiveReport, "SR", DicomUid.Create(), 9500 + prediction.Series.Number, 1, "Model output (research use)")
            .Sequence(0x0008, 0x1111)
            .Text(0x0040, 0xA040, "CS", "CONTAINER")
            .Sequence(0x0040, 0xA043, Code("126000", "DCM", "Imaging Measurement Report"))
            .Text(0x0040, 0xA050, "CS", "SEPARATE")
            .Sequence(0x0040, 0xA372)
            .Sequence(0x0040, 0xA375, Evidence(prediction))
            .Text(0x0040, 0xA491, "CS", "COMPLETE")
            .Text(0x0040, 0xA493, "CS", "UNVERIFIED")
            .Sequence(0x0040, 0xA504, new DicomWriter().Text(0x0008, 0x0105, "CS", "DCMR").Text(0x0040, 0xDB00, "CS", "1500"))
            .Bytes(0x0040, 0xA730, "SQ", root.ChildBytes())
            .Text(0x0008, 0x0012, "DA", now.ToString("yyyyMMdd", CultureInfo.InvariantCulture))
            .Text(0x0008, 0x0013, "TM", now.ToString("HHmmss", CultureInfo.InvariantCulture));
    }

    /// <summary>Every slice that was judged.</summary>
    private static DicomWriter Library(CtSeriesPrediction prediction, DicomResultHeader header) => Container(
        "CONTAINS",
        Code("126200", "DCM", "Image Library Group"),
        prediction.Slices.Where(s => s.Prediction is not null).Select(s => ImageItem("CONTAINS", s.Slice, header.HasFrames)));

    private static DicomWriter Group(CtSeriesPrediction prediction, DicomResultHeader header)
    {
        var positive = prediction.Contract.Classes[1];
        List<DicomWriter> items =
        [
            TextItem("HAS OBS CONTEXT", Code("112039", "DCM", "Tracking Identifier"), $"Series {prediction.Series.Number}"),
            UidItem("HAS OBS CONTEXT", Code("112040", "DCM", "Tracking Unique Identifier"), DicomUid.Create()),
            NumberItem(
                "CONTAINS",
                Code("series-prob", OwnScheme, $"Model probability of class {positive}, series"),
                prediction.Probability,
                prediction.Driving.Select(s => ImageItem("INFERRED FROM", s.Slice, header.HasFrames))),
        ];
        items.AddRange(prediction.Driving.Select(s => NumberItem(
            "CONTAINS",
            Code("slice-prob", OwnScheme, $"Model probability of class {positive}, slice"),
            s.Prediction!.Probability,
            ImageItem("INFERRED FROM", s.Slice, header.HasFrames))));
        return Container("CONTAINS", Code("125007", "DCM", "Measurement Group"), items);
    }

    private static string Comment(CtSeriesPrediction prediction)
    {
        var calibrated = prediction.IsCalibrated ? "" : " The probability of the series is not calibrated for this model.";
        var notes = prediction.Notes.Count == 0 ? "" : " " + string.Join(" ", prediction.Notes);
        return $"Research use, not a medical device. Output of a model, not a finding.{calibrated}{notes}";
    }

    private static DicomWriter Evidence(CtSeriesPrediction prediction)
    {
        var objects = prediction.Slices.Select(s => s.Slice).DistinctBy(s => s.SopInstanceUid, StringComparer.Ordinal);
        return new DicomWriter()
            .Sequence(
                0x0008,
                0x1115,
                new DicomWriter()
                    .Sequence(0x0008, 0x1199, objects.Select(s => Reference(s, manyFrames: false)))
                    .Text(0x0020, 0x000E, "UI", prediction.Series.SeriesInstanceUid!))
            .Text(0x0020, 0x000D, "UI", prediction.Series.StudyInstanceUid!);
    }
}
