using System.Globalization;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate.Figures;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace CovidCtNet.Samples.Evaluate.Plots;

/// <summary>ROC and precision-recall curves of one model or several.</summary>
internal static class CurvePlots
{
    // A screen has no more pixels than this; the files of the curves hold every point.
    private const int MaxDrawnPoints = 2000;

    public static Plot? Roc(IReadOnlyList<EvaluationResult> results)
    {
        if (results.All(result => result.Roc is null))
        {
            return null;
        }

        PlotModel model = PlotTheme.NewModel("1 - specificity (false-positive rate)", "Sensitivity (true-positive rate)");
        PlotTheme.AddLegend(model, LegendPosition.RightBottom);
        model.Annotations.Add(new LineAnnotation { Slope = 1, Intercept = 0, Color = PlotTheme.Muted, LineStyle = LineStyle.Dash });
        AddBand(model, results[0]);
        for (int i = 0; i < results.Count; i++)
        {
            if (results[i].Roc is { } roc)
            {
                var points = roc.WithoutCollinearPoints().Select(point => new DataPoint(point.FalsePositiveRate, point.TruePositiveRate));
                model.Series.Add(Line(points, Colour(i), $"{results[i].Table.Name}: AUC {Number(results[i].Figure(FigureCatalog.AucKey).Estimate)}"));
            }
        }

        AddOperatingPoint(model, results[0]);
        string band = results[0].RocBand.Count > 0
            ? string.Create(CultureInfo.InvariantCulture, $" The band is the pointwise {results[0].RocBand[0].Sensitivity.Level * 100:0.##} % bootstrap interval of the sensitivity{(results[0].Table.HasGroups ? ", drawn by group" : string.Empty)}.")
            : string.Empty;
        return new Plot("roc", "ROC curve", $"Sensitivity against false-positive rate over all thresholds.{band} The dot is the threshold in use; the dashed line is chance.", model);
    }

    public static Plot? PrecisionRecall(IReadOnlyList<EvaluationResult> results)
    {
        if (results.All(result => result.PrecisionRecall is null))
        {
            return null;
        }

        PlotModel model = PlotTheme.NewModel("Recall (sensitivity)", "Precision (positive predictive value)");
        PlotTheme.AddLegend(model, LegendPosition.LeftBottom);
        for (int i = 0; i < results.Count; i++)
        {
            if (results[i].PrecisionRecall is { } curve)
            {
                model.Series.Add(Line(Steps(curve), Colour(i), $"{results[i].Table.Name}: AP {Number(curve.AveragePrecision)}"));
            }
        }

        double prevalence = results[0].Confusion.Prevalence;
        model.Annotations.Add(new LineAnnotation { Type = LineAnnotationType.Horizontal, Y = prevalence, Color = PlotTheme.Muted, LineStyle = LineStyle.Dash });
        ConfusionMatrix c = results[0].Confusion;
        if (c.CalledPositive > 0)
        {
            model.Series.Add(Dot(c.Sensitivity, c.Precision));
        }

        return new Plot("pr", "Precision-recall curve", $"Precision against recall over all thresholds. The dashed line is chance: the prevalence of {Number(prevalence)} in these cases.", model);
    }

    /// <summary>What another threshold would give.</summary>
    public static Plot? Thresholds(EvaluationResult result)
    {
        if (result.Roc is not { } roc || roc.Count < 3)
        {
            return null;
        }

        PlotModel model = PlotTheme.NewModel("Threshold", "Rate");
        PlotTheme.AddLegendAbove(model);
        double low = roc.Thresholds[^1];
        double high = roc.Thresholds[1];
        bool probabilities = result.Table.AreProbabilities;
        model.Axes[0].Minimum = probabilities ? 0 : low;
        model.Axes[0].Maximum = probabilities ? 1 : high;
        model.Axes[0].AbsoluteMinimum = double.MinValue;
        model.Axes[0].MajorStep = double.NaN;

        // A threshold between two scores calls the cases of the upper one: steps, held to the left.
        List<DataPoint> sensitivity = [new DataPoint(Math.Max(high, 1), roc[0].Sensitivity)];
        List<DataPoint> specificity = [new DataPoint(Math.Max(high, 1), roc[0].Specificity)];
        for (int i = 1; i < roc.Count; i++)
        {
            double until = i + 1 < roc.Count ? roc.Thresholds[i + 1] : Math.Min(low, 0);
            sensitivity.AddRange([new DataPoint(roc.Thresholds[i], roc[i - 1].Sensitivity), new DataPoint(roc.Thresholds[i], roc[i].Sensitivity), new DataPoint(until, roc[i].Sensitivity)]);
            specificity.AddRange([new DataPoint(roc.Thresholds[i], roc[i - 1].Specificity), new DataPoint(roc.Thresholds[i], roc[i].Specificity), new DataPoint(until, roc[i].Specificity)]);
        }

        model.Series.Add(Line(sensitivity, PlotTheme.Positive, "Sensitivity"));
        model.Series.Add(Line(specificity, PlotTheme.Negative, "Specificity"));
        if (double.IsFinite(result.Threshold))
        {
            model.Annotations.Add(new LineAnnotation { Type = LineAnnotationType.Vertical, X = result.Threshold, Color = PlotTheme.Ink, LineStyle = LineStyle.Dash });
        }

        return new Plot("thresholds", "Sensitivity and specificity by threshold", "What another threshold would have given on these cases; one that is chosen here looks better than it is. The dashed line is the threshold in use.", model, Height: 400);
    }

    private static void AddBand(PlotModel model, EvaluationResult result)
    {
        if (result.RocBand.Count == 0)
        {
            return;
        }

        var band = new AreaSeries { Color = OxyColors.Transparent, Fill = OxyColor.FromAColor(50, PlotTheme.First), StrokeThickness = 0 };
        foreach ((double rate, Interval sensitivity) in result.RocBand)
        {
            if (!double.IsNaN(sensitivity.Lower))
            {
                band.Points.Add(new DataPoint(rate, sensitivity.Upper));
                band.Points2.Add(new DataPoint(rate, sensitivity.Lower));
            }
        }

        model.Series.Add(band);
    }

    private static void AddOperatingPoint(PlotModel model, EvaluationResult result)
    {
        ConfusionMatrix c = result.Confusion;
        if (c.Positives > 0 && c.Negatives > 0)
        {
            model.Series.Add(Dot(1 - c.Specificity, c.Sensitivity));
        }
    }

    private static ScatterSeries Dot(double x, double y)
    {
        var dot = new ScatterSeries { MarkerType = MarkerType.Circle, MarkerSize = 5, MarkerFill = PlotTheme.Ink, MarkerStroke = PlotTheme.Paper, MarkerStrokeThickness = 1.5 };
        dot.Points.Add(new ScatterPoint(x, y));
        return dot;
    }

    private static LineSeries Line(IEnumerable<DataPoint> points, OxyColor colour, string title)
    {
        var line = new LineSeries { Color = colour, StrokeThickness = 2, Title = title, LineJoin = LineJoin.Round, MinimumSegmentLength = 0 };
        line.Points.AddRange(Thin([.. points]));
        return line;
    }

    /// <summary>Precision may only be held, not interpolated, between recalls: the area drawn is the average precision.</summary>
    private static IEnumerable<DataPoint> Steps(PrecisionRecallCurve curve)
    {
        for (int i = 1; i < curve.Count; i++)
        {
            yield return new DataPoint(curve.Recall[i - 1], curve.Precision[i]);
            yield return new DataPoint(curve.Recall[i], curve.Precision[i]);
        }
    }

    private static DataPoint[] Thin(DataPoint[] points)
    {
        if (points.Length <= MaxDrawnPoints)
        {
            return points;
        }

        return [.. Enumerable.Range(0, MaxDrawnPoints).Select(i => points[(int)((long)i * (points.Length - 1) / (MaxDrawnPoints - 1))])];
    }

    private static OxyColor Colour(int index) => index == 0 ? PlotTheme.First : PlotTheme.Second;

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
