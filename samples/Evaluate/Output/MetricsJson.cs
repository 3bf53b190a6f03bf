using System.Text.Json;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate.Figures;
using CovidCtNet.Samples.Evaluate.Report;

namespace CovidCtNet.Samples.Evaluate.Output;

/// <summary>All figures for programs. What is not defined is null.</summary>
internal static class MetricsJson
{
    public static void Write(ReportContent content, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("created", content.Created);
        json.WriteBoolean("generated_demo_scores", content.IsDemo);
        json.WriteNumber("seed", content.Settings.Seed);
        json.WriteNumber("bootstrap_replicates", content.Settings.Replicates);
        json.WriteStartArray("models");
        foreach (EvaluationResult result in content.Results)
        {
            Write(json, result);
        }

        json.WriteEndArray();
        WriteComparison(json, content.Comparison);
        json.WriteStartArray("audit");
        foreach (var note in content.Audit)
        {
            json.WriteStartObject();
            json.WriteString("severity", note.IsWarning ? "warning" : "note");
            json.WriteString("title", note.Title);
            json.WriteString("text", note.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, EvaluationResult result)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Table.Name);
        json.WriteNumber("cases", result.Table.Count);
        json.WriteNumber("positives", result.Table.Positives);
        json.WriteNumber("negatives", result.Table.Negatives);
        Number(json, "groups", result.Table.HasGroups ? result.Table.GroupCount : double.NaN);
        Number(json, "threshold", result.Threshold);
        json.WriteString("threshold_origin", result.ThresholdOrigin);
        ConfusionMatrix c = result.Confusion;
        json.WriteStartObject("confusion");
        json.WriteNumber("true_positives", c.TruePositives);
        json.WriteNumber("false_positives", c.FalsePositives);
        json.WriteNumber("false_negatives", c.FalseNegatives);
        json.WriteNumber("true_negatives", c.TrueNegatives);
        json.WriteEndObject();
        json.WriteStartObject("figures");
        foreach (FigureRow row in result.Figures)
        {
            json.WriteStartObject(row.Definition.Key);
            Write(json, row.Value);
            if (row.IfIndependent is { } naive)
            {
                json.WriteStartObject("if_cases_were_independent");
                Write(json, naive);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("predictive_values");
        foreach (PrevalenceRow row in result.Prevalences)
        {
            json.WriteStartObject();
            json.WriteNumber("prevalence", row.Prevalence);
            Number(json, "ppv", row.Precision);
            Number(json, "npv", row.NegativePredictiveValue);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteCalibration(json, result);
        json.WriteEndObject();
    }

    private static void WriteCalibration(Utf8JsonWriter json, EvaluationResult result)
    {
        json.WriteStartObject("calibration");
        if (result.Calibration is { } summary)
        {
            Number(json, "observed_to_expected", summary.ObservedToExpected);
            Number(json, "intercept", summary.Intercept);
            Number(json, "slope", summary.Slope);
        }

        json.WriteStartArray("bins");
        foreach (ReliabilityPoint point in result.Reliability)
        {
            json.WriteStartObject();
            json.WriteNumber("mean_probability", point.Bin.MeanProbability);
            json.WriteNumber("cases", point.Bin.Weight);
            json.WriteStartObject("observed_frequency");
            Write(json, point.Frequency);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteComparison(Utf8JsonWriter json, ModelComparison? comparison)
    {
        if (comparison is null)
        {
            json.WriteNull("comparison");
            return;
        }

        json.WriteStartObject("comparison");
        json.WriteBoolean("paired", comparison.IsPaired);
        json.WriteString("pairing", comparison.Pairing);
        json.WriteStartArray("rows");
        foreach ((string name, Comparison row) in comparison.Rows)
        {
            json.WriteStartObject();
            json.WriteString("figure", name);
            Number(json, "first", row.First);
            Number(json, "second", row.Second);
            json.WriteStartObject("difference");
            Write(json, row.Difference);
            json.WriteEndObject();
            Number(json, "statistic", row.Statistic);
            Number(json, "degrees_of_freedom", row.DegreesOfFreedom ?? double.NaN);
            Number(json, "p", row.PValue);
            json.WriteString("method", row.Method);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Interval interval)
    {
        Number(json, "estimate", interval.Estimate);
        Number(json, "lower", interval.Lower);
        Number(json, "upper", interval.Upper);
        json.WriteNumber("level", interval.Level);
        json.WriteString("method", interval.Method);
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else if (double.IsNaN(value))
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, value > 0 ? "Infinity" : "-Infinity");
        }
    }
}
