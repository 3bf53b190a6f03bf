using System.Globalization;
using System.Text.RegularExpressions;
using OxyPlot;

namespace CovidCtNet.Samples.Evaluate.Plots;

/// <summary>Turns plots into SVG and PNG.</summary>
internal static partial class PlotRenderer
{
    private const int PngScale = 2;

    /// <summary>A file of its own, on white.</summary>
    public static string ToSvg(Plot plot) => Export(plot, OxyColors.White);

    /// <summary>A part of the report: scales with the page, takes its colours from the style sheet and says what it shows.</summary>
    public static string ToInlineSvg(Plot plot)
    {
        string svg = Export(plot, OxyColors.Transparent);
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        svg = SvgTag().Replace(
            svg,
            string.Create(
                CultureInfo.InvariantCulture,
                $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {plot.Width} {plot.Height}\" role=\"img\" aria-label=\"{Report.Html.Encode(plot.Caption)}\">"),
            1);

        // Inline, these names would be shared by all plots of the page.
        svg = svg.Replace("clipPath", $"{plot.FileName}-clipPath", StringComparison.Ordinal)
            .Replace($"<{plot.FileName}-clipPath", "<clipPath", StringComparison.Ordinal)
            .Replace($"</{plot.FileName}-clipPath", "</clipPath", StringComparison.Ordinal);
        foreach ((OxyColor colour, string variable) in PlotTheme.Roles)
        {
            string written = string.Create(CultureInfo.InvariantCulture, $"rgb({colour.R},{colour.G},{colour.B})");

            // A variable is sure to work in a style, not in an attribute.
            svg = svg.Replace($"fill=\"{written}\"", $"style=\"fill:var({variable})\"", StringComparison.Ordinal)
                .Replace(written, $"var({variable})", StringComparison.Ordinal);
        }

        return svg;
    }

    public static void WritePng(Plot plot, Stream stream)
    {
        plot.Model.Background = OxyColors.White;
        var exporter = new OxyPlot.SkiaSharp.PngExporter { Width = plot.Width * PngScale, Height = plot.Height * PngScale, Dpi = 96 * PngScale, UseTextShaping = false };
        exporter.Export(plot.Model, stream);
    }

    private static string Export(Plot plot, OxyColor background)
    {
        plot.Model.Background = background;

        // The exporter's own measure takes all text for narrower than it is, and cuts the legends.
        using var measure = new OxyPlot.SkiaSharp.SkiaRenderContext { RenderTarget = OxyPlot.SkiaSharp.RenderTarget.VectorGraphic, UseTextShaping = false };
        var exporter = new SvgExporter { Width = plot.Width, Height = plot.Height, IsDocument = true, TextMeasurer = measure };
        return exporter.ExportToString(plot.Model);
    }

    [GeneratedRegex("<svg[^>]*>")]
    private static partial Regex SvgTag();
}
