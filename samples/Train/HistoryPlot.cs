using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Runs;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using OxyPlot.SkiaSharp;

namespace CovidCtNet.Samples.Train;

/// <summary>The curves of a run as pictures in its folder: losses, and the figures of the validation slices.</summary>
internal static class HistoryPlot
{
    private const int Width = 720;
    private const int Height = 420;

    public static void Save(string runFolder, IReadOnlyList<EpochResult> history, int bestEpoch, bool leaking)
    {
        Save(runFolder, "loss", "mean loss", bestEpoch, leaking, ("training, augmented", history.Select(r => r.TrainingLoss)), ("validation", history.Select(r => r.ValidationLoss)));
        if (history.All(r => double.IsNaN(r.ValidationAuc)))
        {
            return;
        }

        Save(runFolder, "validation", "validation slices", bestEpoch, leaking, ("AUC", history.Select(r => r.ValidationAuc)), ("accuracy at 0.5", history.Select(r => r.ValidationAccuracy)));
    }

    private static void Save(string runFolder, string name, string title, int bestEpoch, bool leaking, params (string Title, IEnumerable<double> Values)[] curves)
    {
        var model = new PlotModel { Background = OxyColors.White, DefaultFont = "DejaVu Sans", DefaultFontSize = 13, PlotAreaBorderThickness = new OxyThickness(1, 0, 0, 1) };
        model.Title = leaking ? $"{DataSplit.LeakingLabel}: figures are too good" : null;
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = "epoch", MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColor.FromRgb(0xE3, 0xE7, 0xEC), MinimumMajorStep = 1 });
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = title, MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColor.FromRgb(0xE3, 0xE7, 0xEC) });
        model.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.TopCenter, LegendOrientation = LegendOrientation.Horizontal, LegendBorderThickness = 0 });

        // Blue and vermilion stay apart for readers with any colour vision.
        foreach (var ((label, values), colour) in curves.Zip([OxyColor.FromRgb(0x1D, 0x5F, 0xB8), OxyColor.FromRgb(0xC8, 0x45, 0x12)]))
        {
            var line = new LineSeries { Title = label, Color = colour, StrokeThickness = 2 };
            line.Points.AddRange(values.Select((v, i) => new DataPoint(i + 1, v)));
            model.Series.Add(line);
        }

        var best = new LineSeries { Title = $"chosen epoch {bestEpoch}", Color = OxyColor.FromRgb(0x66, 0x70, 0x85), LineStyle = LineStyle.Dash, StrokeThickness = 1 };
        var all = curves.SelectMany(c => c.Values).Where(double.IsFinite).ToArray();
        best.Points.AddRange([new DataPoint(bestEpoch, all.Min()), new DataPoint(bestEpoch, all.Max())]);
        model.Series.Add(best);

        // The exporter's own measure takes all text for narrower than it is, and cuts the legends.
        using var measure = new SkiaRenderContext { RenderTarget = RenderTarget.VectorGraphic, UseTextShaping = false };
        File.WriteAllText(Path.Combine(runFolder, name + ".svg"), new OxyPlot.SvgExporter { Width = Width, Height = Height, TextMeasurer = measure }.ExportToString(model));
        using var png = File.Create(Path.Combine(runFolder, name + ".png"));
        new PngExporter { Width = 2 * Width, Height = 2 * Height, Dpi = 192, UseTextShaping = false }.Export(model, png);
    }
}
