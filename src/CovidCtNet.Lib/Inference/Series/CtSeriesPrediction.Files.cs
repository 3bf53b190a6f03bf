using System.Globalization;
using System.Text.Json;
using CovidCtNet.Lib.Explanation.Pictures;
using CovidCtNet.Lib.Imaging.Dicom;

namespace CovidCtNet.Lib.Inference;

/// <content>Results as JSON and as DICOM objects.</content>
public sealed partial class CtSeriesPrediction
{
    private const string SecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";

    /// <summary>
    /// Writes the result as JSON: probabilities, gate and errors of every slice, references by UID, the rule, the model. No name of a file
    /// or patient is in it.
    /// </summary>
    /// <param name="path">The file; an existing one is replaced once the new one is complete.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void SaveJson(string path)
        => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, SeriesDocument.Of(this), SeriesJsonContext.Default.SeriesDocument));

    /// <summary>
    /// Writes the result as a DICOM structured report (Comprehensive SR in the style of TID 1500) that refers to the slices.
    /// </summary>
    /// <param name="path">The file; an existing one is replaced once the new one is complete.</param>
    /// <param name="options">What it carries; <see cref="DicomResultOptions.Default"/> if null.</param>
    /// <exception cref="InvalidOperationException">The series does not come from DICOM files, or they have no UIDs.</exception>
    /// <exception cref="IOException">The file cannot be written, or the source cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void SaveStructuredReport(string path, DicomResultOptions? options = null)
    {
        var now = DateTime.Now;
        var report = SeriesReport.Create(this, new DicomResultHeader(this, options ?? DicomResultOptions.Default, now), now);
        AtomicFile.Write(path, report.WriteFile);
    }

    /// <summary>
    /// Writes each map over its slice as a DICOM secondary capture, named <c>series-N-slice-NNNN.dcm</c>: model attention, not findings.
    /// </summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="options">What they carry; <see cref="DicomResultOptions.Default"/> if null.</param>
    /// <param name="cancellationToken">Ends the work between files.</param>
    /// <returns>The files, in the order of the series.</returns>
    /// <exception cref="InvalidOperationException">The series does not come from DICOM files, or they have no UIDs.</exception>
    /// <exception cref="IOException">A file cannot be written, or the source cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IReadOnlyList<string> SaveSecondaryCaptures(string folder, DicomResultOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var header = new DicomResultHeader(this, options ?? DicomResultOptions.Default, DateTime.Now);
        var seriesUid = DicomUid.Create();
        var files = new List<string>();
        foreach (var (index, map) in Maps.OrderBy(m => m.Key))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var title = string.Create(CultureInfo.InvariantCulture, $"Model attention, slice {index + 1} of {Slices.Count}");
            using var picture = OverlayPainter.Paint(map.Image, map, new OverlayOptions { Title = title });
            var set = header.Create(SecondaryCapture, "OT", seriesUid, 9000 + Series.Number, index + 1, "Model attention (research use)")
                .Text(0x0008, 0x0008, "CS", @"DERIVED\SECONDARY")
                .Text(0x0008, 0x0064, "CS", "WSD")
                .Text(0x0008, 0x2111, "ST", $"{map.Source.Method} of {Contract.Name} {Contract.Version} over the source slice. Model attention, not a finding. Research use, not a medical device.", 1024)
                .Sequence(0x0008, 0x2112, DicomReport.Reference(Slices[index].Slice, header.HasFrames))
                .Text(0x0020, 0x0020, "CS", "")
                .Words(0x0028, 0x0002, 3)
                .Text(0x0028, 0x0004, "CS", "RGB")
                .Words(0x0028, 0x0006, 0)
                .Words(0x0028, 0x0010, (ushort)picture.Height)
                .Words(0x0028, 0x0011, (ushort)picture.Width)
                .Words(0x0028, 0x0100, 8)
                .Words(0x0028, 0x0101, 8)
                .Words(0x0028, 0x0102, 7)
                .Words(0x0028, 0x0103, 0)
                .Text(0x0028, 0x0301, "CS", "NO")
                .Bytes(0x7FE0, 0x0010, "OB", RgbOf(picture));
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"series-{Series.Number}-slice-{index + 1:0000}.dcm"));
            AtomicFile.Write(path, set.WriteFile);
            files.Add(path);
        }

        return files;
    }

    private static byte[] RgbOf(SkiaSharp.SKBitmap picture)
    {
        var rgba = picture.GetPixelSpan();
        var rgb = new byte[picture.Width * picture.Height * 3];
        var at = 0;
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                rgba.Slice((y * picture.RowBytes) + (4 * x), 3).CopyTo(rgb.AsSpan(at));
                at += 3;
            }
        }

        return rgb;
    }
}
