using System.Globalization;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate.Figures;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>The tables of figures, the confusion matrix and the predictive values.</summary>
internal static class FigureSections
{
    public static string Write(ReportContent content)
    {
        EvaluationResult main = content.Main;
        string body = $"""
            <h3>Ranking</h3>
            {Figures(main, FigureKind.Ranking, "Independent of a threshold.")}
            <h3 id="threshold">At the threshold of {Html.Number(main.Threshold, "0.####")}</h3>
            <p>{ThresholdText(main)}</p>
            {Figures(main, FigureKind.AtThreshold, "Calls at the threshold.")}
            {Confusion(main)}
            {Prevalences(main)}
            {Calibration(main)}
            """;
        return Html.Section("figures", "Figures", body);
    }

    private static string ThresholdText(EvaluationResult result) =>
        $"A case is called positive if its score is at least {Html.Number(result.Threshold, "0.######")} ({Html.Encode(result.ThresholdOrigin)}).";

    private static string Figures(EvaluationResult result, FigureKind kind, string caption)
    {
        bool grouped = result.Table.HasGroups;
        string level = string.Create(CultureInfo.InvariantCulture, $"{result.Figures[0].Value.Level * 100:0.##} % interval");
        List<string> head = ["Figure", "Estimate", level, "Method"];
        if (grouped)
        {
            head.Add("If cases were independent");
            caption += " The last column shows the interval that ignores the groups: where it is narrower, it promises too much.";
        }

        IEnumerable<IReadOnlyList<string>> rows = result.Figures.Where(row => row.Definition.Kind == kind).Select(row =>
        {
            List<string> cells =
            [
                $"{Html.Encode(row.Definition.Name)}<small>{Html.Encode(row.Definition.Note)}</small>",
                $"{Html.Number(row.Value.Estimate)}{Counts(result, row.Definition)}",
                Html.Limits(row.Value),
                $"<span class=\"small\">{Html.Encode(row.Value.Method)}</span>",
            ];
            if (grouped)
            {
                cells.Add(row.IfIndependent is { } naive ? $"{Html.Limits(naive)}<small>{Html.Encode(naive.Method)}</small>" : string.Empty);
            }

            return (IReadOnlyList<string>)cells;
        });
        return Html.Table(caption, head, rows);
    }

    private static string Counts(EvaluationResult result, FigureDefinition figure) =>
        figure.Counts?.Invoke(result.Confusion) is { } counts ? $"<small>{Html.Count(counts.Successes)} of {Html.Count(counts.Trials)}</small>" : string.Empty;

    private static string Confusion(EvaluationResult result)
    {
        ConfusionMatrix c = result.Confusion;
        return "<h3 id=\"confusion\">Cross-table</h3>" + Html.Table(
            "Reference standard (rows) and calls of the model (columns).",
            ["Reference", "Called positive", "Called negative", "All"],
            [
                ["Positive", Html.Count(c.TruePositives), Html.Count(c.FalseNegatives), Html.Count(c.Positives)],
                ["Negative", Html.Count(c.FalsePositives), Html.Count(c.TrueNegatives), Html.Count(c.Negatives)],
                ["All", Html.Count(c.CalledPositive), Html.Count(c.CalledNegative), Html.Count(c.Total)],
            ],
            isSmall: true);
    }

    private static string Prevalences(EvaluationResult result)
    {
        if (result.Table.Positives == 0 || result.Table.Negatives == 0)
        {
            return string.Empty;
        }

        return "<h3>What a call means where the disease is rarer or commoner</h3>" + Html.Table(
            $"Predictive values by Bayes' theorem from sensitivity and specificity, and wrong calls per 1,000 persons. The prevalence in these cases is {Html.Percent(result.Confusion.Prevalence)}.",
            ["Prevalence", "A positive call is right", "A negative call is right", "False alarms per 1,000", "Misses per 1,000"],
            result.Prevalences.Select(row => (IReadOnlyList<string>)
            [
                Html.Percent(row.Prevalence),
                Html.Percent(row.Precision, "0.0"),
                Html.Percent(row.NegativePredictiveValue, "0.00"),
                Html.Number(1000 * (1 - row.Prevalence) * (1 - result.Confusion.Specificity), "0.0"),
                Html.Number(1000 * row.Prevalence * (1 - result.Confusion.Sensitivity), "0.0"),
            ]),
            isSmall: true);
    }

    private static string Calibration(EvaluationResult result)
    {
        if (!result.Table.AreProbabilities)
        {
            return "<h3>Calibration</h3><p>The scores are no probabilities, so calibration is not defined.</p>";
        }

        string summary = result.Calibration is { } c
            ? Html.Table(
                "Calibration without bins.",
                ["Measure", "Value", "Perfect", "Meaning"],
                [
                    ["Observed / expected positives", Html.Number(c.ObservedToExpected), "1", "<span class=\"small\">Above 1 the model says too little.</span>"],
                    ["Calibration in the large (intercept)", Html.Number(c.Intercept), "0", "<span class=\"small\">Shift of all log-odds that would set the mean right.</span>"],
                    ["Calibration slope", Html.Number(c.Slope), "1", "<span class=\"small\">Below 1 the probabilities are too extreme, above 1 too timid.</span>"],
                ])
            : string.Empty;
        return $"<h3>Calibration</h3>{Figures(result, FigureKind.Calibration, "Whether probabilities mean what they say.")}{summary}";
    }
}
