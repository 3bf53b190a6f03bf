using System.Globalization;
using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Samples.Evaluate.Output;

/// <summary>Curves as CSV, every point with all its digits.</summary>
internal static class CurveFiles
{
    public static void WriteRoc(RocCurve curve, Stream stream) => Write(
        stream,
        "threshold,false_positive_rate,true_positive_rate",
        curve.Count,
        i => (curve.Thresholds[i], curve.FalsePositiveRates[i], curve.TruePositiveRates[i]));

    public static void WritePrecisionRecall(PrecisionRecallCurve curve, Stream stream) => Write(
        stream,
        "threshold,recall,precision",
        curve.Count,
        i => (curve.Thresholds[i], curve.Recall[i], curve.Precision[i]));

    private static void Write(Stream stream, string header, int count, Func<int, (double, double, double)> point)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(header);
        for (int i = 0; i < count; i++)
        {
            (double threshold, double x, double y) = point(i);
            string first = double.IsPositiveInfinity(threshold) ? "inf" : threshold.ToString("R", CultureInfo.InvariantCulture);
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first},{x:R},{y:R}"));
        }
    }
}
