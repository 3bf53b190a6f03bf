using System.Globalization;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate.Figures;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace CovidCtNet.Samples.Evaluate.Plots;

/// <summary>Calibration, score histograms and confusion matrix of one model.</summary>
internal static class DistributionPlots
{
    public static Plot? Calibration(EvaluationResult result)
    {
        if (result.Reliability.Count == 0)
        {
            return null;
        }

        PlotModel model = PlotTheme.NewModel("Predicted probability (mean of bin)", "Observed frequency of positives");
        model.Annotations.Add(new LineAnnotation { Slope = 1, Intercept = 0, Color = PlotTheme.Muted, LineStyle = LineStyle.Dash });
        var whiskers = new ScatterErrorSeries
        {
            MarkerType = MarkerType.None,
            ErrorBarColor = PlotTheme.First,
            ErrorBarStrokeThickness = 1.2,
            ErrorBarStopWidth = 0,
        };
        var line = new LineSeries
        {
            Color = PlotTheme.First,
            StrokeThickness = 2,
            MarkerType = MarkerType.Circle,
            MarkerSize = 4,
            MarkerFill = PlotTheme.First,
        };
        foreach (ReliabilityPoint point in result.Reliability)
        {
            // The bar is centred on the interval, not on the frequency, since Wilson's interval is not symmetric.
            double centre = (point.Frequency.Upper + point.Frequency.Lower) / 2;
            whiskers.Points.Add(new ScatterErrorPoint(point.Bin.MeanProbability, centre, 0, point.Frequency.Width));
            line.Points.Add(new DataPoint(point.Bin.MeanProbability, point.Bin.ObservedFrequency));
        }

        model.Series.Add(whiskers);
        model.Series.Add(line);
        string caution = result.Table.HasGroups ? " The bars take cases as independent, and are too short for grouped ones." : string.Empty;
        return new Plot("calibration", "Calibration", $"Observed frequency against predicted probability in bins of equal mass, with Wilson intervals. On the dashed line, probabilities mean what they say.{caution}", model);
    }

    public static Plot Histogram(EvaluationResult result)
    {
        PlotModel model = PlotTheme.NewModel("Score", "Cases");
        PlotTheme.AddLegendAbove(model);
        double highest = result.Histogram.Max(bin => Math.Max(bin.Positives, bin.Negatives));
        (Axis x, Axis y) = (model.Axes[0], model.Axes[1]);
        x.Minimum = result.Histogram[0].Lower;
        x.Maximum = result.Histogram[^1].Upper;
        x.AbsoluteMinimum = double.MinValue;
        x.MajorStep = double.NaN;
        y.Maximum = Math.Max(1, highest * 1.15);
        y.MajorStep = double.NaN;
        model.Series.Add(Bars(result.Histogram, "Negative cases", PlotTheme.Negative, bin => bin.Negatives));
        model.Series.Add(Bars(result.Histogram, "Positive cases", PlotTheme.Positive, bin => bin.Positives));
        if (double.IsFinite(result.Threshold))
        {
            model.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Vertical,
                X = result.Threshold,
                Color = PlotTheme.Ink,
                LineStyle = LineStyle.Dash,
                StrokeThickness = 1.5,
            });
        }

        return new Plot("histogram", "Scores by class", "How the scores of each class are spread; where the colours overlap, the classes cannot be told apart. The dashed line is the threshold.", model, Height: 400);
    }

    public static Plot Confusion(EvaluationResult result)
    {
        PlotModel model = PlotTheme.NewModel("Called", "True label");
        model.PlotAreaBorderThickness = new OxyThickness(0);
        model.Axes.Clear();
        model.Axes.Add(Words(AxisPosition.Top, "Model says", ["Negative", "Positive"]));
        model.Axes.Add(Words(AxisPosition.Left, "True label", ["Positive", "Negative"]));
        ConfusionMatrix c = result.Confusion;
        AddCell(model, 0, 1, c.TrueNegatives, c.Negatives, PlotTheme.First);
        AddCell(model, 1, 1, c.FalsePositives, c.Negatives, PlotTheme.Second);
        AddCell(model, 0, 0, c.FalseNegatives, c.Positives, PlotTheme.Second);
        AddCell(model, 1, 0, c.TruePositives, c.Positives, PlotTheme.First);
        return new Plot("confusion", "Confusion matrix", "Cases by true label (rows) and call (columns) at the threshold in use; percentages are of the row. Right calls are blue, wrong ones brown.", model, Height: 400);
    }

    private static RectangleBarSeries Bars(IReadOnlyList<HistogramBin> bins, string title, OxyColor colour, Func<HistogramBin, double> count)
    {
        var bars = new RectangleBarSeries { Title = title, FillColor = OxyColor.FromAColor(120, colour), StrokeColor = colour, StrokeThickness = 1 };
        foreach (HistogramBin bin in bins)
        {
            if (count(bin) > 0)
            {
                bars.Items.Add(new RectangleBarItem(bin.Lower, 0, bin.Upper, count(bin)));
            }
        }

        return bars;
    }

    private static CategoryAxis Words(AxisPosition position, string title, string[] words)
    {
        var axis = new CategoryAxis
        {
            Position = position,
            Title = title,
            GapWidth = 0,
            Minimum = -0.5,
            Maximum = 1.5,
            TickStyle = TickStyle.None,
            TextColor = PlotTheme.Ink,
            TitleColor = PlotTheme.Ink,
            AxislineStyle = LineStyle.None,
        };
        axis.Labels.AddRange(words);
        return axis;
    }

    private static void AddCell(PlotModel model, int x, int y, double count, double row, OxyColor colour)
    {
        double share = row > 0 ? count / row : 0;
        model.Annotations.Add(new RectangleAnnotation
        {
            MinimumX = x - 0.48,
            MaximumX = x + 0.48,
            MinimumY = y - 0.48,
            MaximumY = y + 0.48,
            Fill = OxyColor.FromAColor((byte)(25 + (120 * share)), colour),
            StrokeThickness = 0,
            Layer = AnnotationLayer.BelowSeries,
        });
        model.Annotations.Add(Word(x, y + 0.08, count.ToString("N0", CultureInfo.InvariantCulture), 26));
        string percent = row > 0 ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %") : "no case";
        model.Annotations.Add(Word(x, y - 0.2, percent, 13));
    }

    private static TextAnnotation Word(double x, double y, string text, double size) => new()
    {
        TextPosition = new DataPoint(x, y),
        Text = text,
        FontSize = size,
        TextColor = PlotTheme.Ink,
        StrokeThickness = 0,
        TextHorizontalAlignment = HorizontalAlignment.Center,
        TextVerticalAlignment = VerticalAlignment.Middle,
    };
}
