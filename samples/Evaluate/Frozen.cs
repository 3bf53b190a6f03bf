using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Evaluate;

/// <summary>Fits calibration and threshold on validation cases and applies them, unchanged, to the evaluated ones.</summary>
internal static class Frozen
{
    public static (ScoreTable Table, EvaluateSettings Settings) Fit(
        ScoreTable validation,
        ScoreTable table,
        CalibrationKind kind,
        string? rule,
        EvaluateSettings settings)
    {
        Calibrator? calibrator = kind switch
        {
            CalibrationKind.Temperature => TemperatureScaling.Fit(validation.Labels, validation.Scores),
            CalibrationKind.Platt => PlattScaling.Fit(validation.Labels, validation.Scores),
            CalibrationKind.Isotonic => IsotonicCalibration.Fit(validation.Labels, validation.Scores),
            _ => null,
        };
        if (calibrator is not null)
        {
            string name = $"{table.Name}, {kind.ToString().ToLowerInvariant()} calibration from {validation.Name}";
            validation = validation with { Scores = calibrator.Calibrate(validation.Scores) };
            table = table with { Name = name, Scores = calibrator.Calibrate(table.Scores) };
        }

        if (rule is not null)
        {
            DecisionThreshold chosen = ThresholdRule.Parse(rule)(validation);
            settings = settings with
            {
                Threshold = chosen.Value,
                ThresholdOrigin = $"chosen on {validation.Name} by the rule '{chosen.Rule}', then frozen",
            };
        }

        return (table, settings);
    }
}
