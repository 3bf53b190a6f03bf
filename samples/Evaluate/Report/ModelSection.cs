using System.Globalization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>What the model says about itself.</summary>
internal static class ModelSection
{
    public static string Write(ReportContent content)
    {
        if (content.Contract is not { } contract)
        {
            return Html.Section("model", "Model (index test)", "<p>Only scores were given, so this report knows nothing about the model. Evaluate an ONNX file with <code>--model</code> to show its contract, or describe the model beside this report.</p>");
        }

        List<(string Name, string Value)> lines =
        [
            ("Name and version", $"{contract.Name} {contract.Version}"),
            ("Architecture", string.Create(CultureInfo.InvariantCulture, $"{contract.Network.Architecture}, width {contract.Network.Width}")),
            ("Input", $"{contract.Network.InputChannels} x {contract.Network.InputHeight} x {contract.Network.InputWidth} (channels, rows, columns)"),
            ("Preprocessing", Preprocessing(contract.Preprocessing)),
            ("Classes", string.Join(" / ", contract.Classes)),
            ("Threshold of the contract", contract.Threshold.ToString("0.####", CultureInfo.InvariantCulture)),
            ("Calibration", string.Create(CultureInfo.InvariantCulture, $"temperature {contract.Temperature:0.####}")),
            ("Intended use", contract.IntendedUse),
            ("Licence of the weights", contract.WeightsLicense),
            ("SHA-256 of the weights", contract.WeightsSha256),
        ];
        if (contract.Training is { } training)
        {
            lines.AddRange(
            [
                ("Training data", training.Data),
                ("Split", training.Split + (training.LeakingSplit ? " (LEAKING: slices of one scan may lie on both sides)" : string.Empty)),
                ("Recipe", training.Recipe),
                ("Trained", training.Date.ToString("d MMMM yyyy", CultureInfo.InvariantCulture) + $", seed {training.Seed}"),
            ]);
        }

        string list = string.Concat(lines.Select(line => $"<dt>{Html.Encode(line.Name)}</dt><dd>{Html.Encode(line.Value)}</dd>\n"));
        return Html.Section("model", "Model (index test)", $"<dl>\n{list}</dl>{Metrics(contract)}");
    }

    private static string Preprocessing(CtPreprocessing p) => string.Create(
        CultureInfo.InvariantCulture,
        $"{p.Fit} to {p.Width} x {p.Height}, minus {p.Mean:0.####}, divided by {p.StandardDeviation:0.####}; Hounsfield values through a window of {p.Window.Width:0} around {p.Window.Center:0}");

    private static string Metrics(ModelContract contract) => contract.Metrics.Count == 0
        ? string.Empty
        : Html.Table(
            "What the model's makers measured.",
            ["Figure", "Set", "Value", "Interval", "Method", "Cases"],
            contract.Metrics.Select(metric => (IReadOnlyList<string>)
            [
                Html.Encode(metric.Name),
                Html.Encode(metric.Set),
                Html.Number(metric.Value),
                metric is { Lower: { } lower, Upper: { } upper } ? $"{Html.Number(lower)} to {Html.Number(upper)}" : Html.Number(double.NaN),
                $"<span class=\"small\">{Html.Encode(metric.Method)}</span>",
                Html.Count(metric.Samples),
            ]));
}
