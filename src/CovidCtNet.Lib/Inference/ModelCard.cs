using System.Globalization;
using System.Text;

namespace CovidCtNet.Lib.Inference;

/// <summary>
/// A model card (Mitchell et al., "Model Cards for Model Reporting", arXiv 1810.03993) written from a model's contract, so that it says
/// what the file says.
/// </summary>
public static class ModelCard
{
    /// <summary>The card as Markdown.</summary>
    /// <param name="contract">Contract of the model.</param>
    public static string Render(ModelContract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        var text = new StringBuilder();
        var n = contract.Network;
        var p = contract.Preprocessing;
        text.Append(CultureInfo.InvariantCulture, $"# Model card: {contract.Name} {contract.Version}\n\n> **Research use, not a medical device.** {contract.IntendedUse}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"- **Network**: {n.Architecture} at width {n.Width:0.####}, {n.InputChannels} x {n.InputHeight} x {n.InputWidth} pixels.\n");
        text.Append(CultureInfo.InvariantCulture, $"- **Input**: {Shown(p.Crop)}, {p.Fit.ToString().ToLowerInvariant()} to {p.Width} x {p.Height}, minus {p.Mean:0.####}, divided by {p.StandardDeviation:0.####}{(n.StandardizesInput ? ", then in the network less the mean of the slice, over its standard deviation" : string.Empty)}; Hounsfield values through a window of {p.Window.Width:0} around {p.Window.Center:0}.\n");
        text.Append(CultureInfo.InvariantCulture, $"- **Output**: probability of {contract.Classes[1]} against {contract.Classes[0]}, calibrated with temperature {contract.Temperature:0.###}; label at {contract.Threshold:0.###}. Both were chosen on {contract.Training?.CalibratedOn ?? "validation slices"}.\n");
        if (contract.SeriesRule is { } rule)
        {
            text.Append(CultureInfo.InvariantCulture, $"- **Series**: median over {rule.Smoothing} slices, mean of the highest {rule.TopShare:P0} (at least {rule.MinimumTop}) of the log-odds, times {rule.Slope:0.####}, plus {rule.Intercept:0.####}; label at {rule.Threshold:0.###}.\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"- **Weights**: SHA-256 `{contract.WeightsSha256}`; licence {contract.WeightsLicense}.\n");
        if (contract.Training is { } t)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## Training\n\n- **Data**: {t.Data}\n- **Split**: {t.Split}{(t.LeakingSplit ? " **Leaking split: slices of one scan are on both sides, so the figures are too good.**" : string.Empty)}\n- **Recipe**: {t.Recipe}\n- **Date**: {t.Date:yyyy-MM-dd}\n");
        }

        if (contract.Metrics.Count > 0)
        {
            text.Append("\n## Figures\n\n| measured on | slices, groups | figure | value | interval |\n| --- | --- | --- | --- | --- |\n");
            foreach (var m in contract.Metrics)
            {
                var groups = m.Groups is { } g ? string.Create(CultureInfo.InvariantCulture, $"{g}") : "unknown";
                var interval = m.Lower is { } lower && m.Upper is { } upper
                    ? string.Create(CultureInfo.InvariantCulture, $"{lower:F3}-{upper:F3} ({m.Level:P0}, {m.Method})")
                    : "none";
                text.Append(CultureInfo.InvariantCulture, $"| {m.Set} | {m.Samples}, {groups} | {m.Name} | {m.Value:F3} | {interval} |\n");
            }
        }

        if (contract.Limits.Count > 0)
        {
            text.Append("\n## Limits\n\n");
            foreach (var limit in contract.Limits)
            {
                text.Append(CultureInfo.InvariantCulture, $"- {limit}\n");
            }
        }

        return text.ToString();
    }

    private static string Shown(Imaging.CtCrop crop) => crop == Imaging.CtCrop.LungField ? "cropped to the lung field" : "the whole slice";
}
