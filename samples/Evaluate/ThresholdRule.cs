using System.Globalization;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Evaluate;

/// <summary>Understands <c>youden</c>, <c>sensitivity=0.95</c>, <c>specificity=0.95</c> and <c>cost=5:1</c> (miss : false alarm).</summary>
internal static class ThresholdRule
{
    /// <exception cref="FormatException">The rule cannot be understood.</exception>
    public static Func<ScoreTable, DecisionThreshold> Parse(string rule)
    {
        string[] parts = rule.Split('=', 2, StringSplitOptions.TrimEntries);
        string value = parts.Length > 1 ? parts[1] : string.Empty;
        switch (parts[0].ToUpperInvariant())
        {
            case "YOUDEN" when value.Length == 0:
                return table => Thresholds.Youden(table.Labels, table.Scores);
            case "SENSITIVITY" when Number(value) is >= 0 and <= 1 and var sensitivity:
                return table => Thresholds.AtSensitivity(table.Labels, table.Scores, sensitivity);
            case "SPECIFICITY" when Number(value) is >= 0 and <= 1 and var specificity:
                return table => Thresholds.AtSpecificity(table.Labels, table.Scores, specificity);
            case "COST" when value.Split(':') is [var miss, var alarm] && Number(miss) is >= 0 and var m && Number(alarm) is >= 0 and var a:
                return table => Thresholds.MinimalCost(table.Labels, table.Scores, m, a);
            default:
                throw new FormatException($"'{rule}' is no rule for a threshold: use youden, sensitivity=0.95, specificity=0.95 or cost=5:1 (miss : false alarm).");
        }
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : double.NaN;
}
