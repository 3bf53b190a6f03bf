using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;

namespace CovidCtNet.Samples.Evaluate.Plots;

/// <summary>
/// Colours and axes that all plots share. Each role has a colour of its own, so that the report can swap them for dark mode; blue and
/// vermilion stay apart for readers with any colour vision.
/// </summary>
internal static class PlotTheme
{
    public static OxyColor Ink { get; } = OxyColor.FromRgb(0x1B, 0x1F, 0x24);

    public static OxyColor Muted { get; } = OxyColor.FromRgb(0x66, 0x70, 0x85);

    public static OxyColor Grid { get; } = OxyColor.FromRgb(0xE3, 0xE7, 0xEC);

    public static OxyColor First { get; } = OxyColor.FromRgb(0x1D, 0x5F, 0xB8);

    public static OxyColor Second { get; } = OxyColor.FromRgb(0xB4, 0x53, 0x0A);

    public static OxyColor Positive { get; } = OxyColor.FromRgb(0xC8, 0x45, 0x12);

    public static OxyColor Negative { get; } = OxyColor.FromRgb(0x25, 0x63, 0xB0);

    public static OxyColor Paper { get; } = OxyColor.FromRgb(0xFE, 0xFE, 0xFE);

    /// <summary>The colours above with the variable of the report's style sheet that replaces each.</summary>
    public static IReadOnlyList<(OxyColor Colour, string Variable)> Roles { get; } =
    [
        (Ink, "--ink"), (Muted, "--muted"), (Grid, "--grid"), (First, "--first"), (Second, "--second"),
        (Positive, "--positive"), (Negative, "--negative"), (Paper, "--paper"),
    ];

    public static PlotModel NewModel(string x, string y)
    {
        var model = new PlotModel
        {
            Background = OxyColors.Transparent,
            PlotAreaBorderThickness = new OxyThickness(1, 0, 0, 1),
            PlotAreaBorderColor = Muted,
            TextColor = Ink,
            DefaultFont = "DejaVu Sans",
            DefaultFontSize = 13,
            Padding = new OxyThickness(4, 10, 14, 4),
        };
        model.Axes.Add(Axis(AxisPosition.Bottom, x));
        model.Axes.Add(Axis(AxisPosition.Left, y));
        return model;
    }

    public static void AddLegend(PlotModel model, LegendPosition position) => model.Legends.Add(new Legend
    {
        LegendPosition = position,
        LegendPlacement = LegendPlacement.Inside,
        LegendBackground = OxyColors.Transparent,
        LegendBorderThickness = 0,
        LegendTextColor = Ink,
        LegendFontSize = 12,
    });

    /// <summary>A legend in one line above the plot, where it hides nothing.</summary>
    public static void AddLegendAbove(PlotModel model)
    {
        AddLegend(model, LegendPosition.TopCenter);
        model.Legends[0].LegendPlacement = LegendPlacement.Outside;
        model.Legends[0].LegendOrientation = LegendOrientation.Horizontal;
    }

    private static LinearAxis Axis(AxisPosition position, string title) => new()
    {
        Position = position,
        Title = title,
        Minimum = 0,
        Maximum = 1,
        AbsoluteMinimum = 0,
        MajorStep = 0.2,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = Grid,
        MajorGridlineThickness = 1,
        TicklineColor = Muted,
        TextColor = Ink,
        TitleColor = Ink,
        AxislineColor = Muted,
        MinorTickSize = 0,
        TickStyle = TickStyle.Outside,
    };
}
