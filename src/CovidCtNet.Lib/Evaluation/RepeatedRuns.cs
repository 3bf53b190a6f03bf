using System.Globalization;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>A figure over repeated runs (other seeds or folds): mean and sample standard deviation.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="StandardDeviation">Sample standard deviation, over n - 1; NaN for a single run.</param>
/// <param name="Count">Number of runs.</param>
/// <remarks>The spread of runs says how repeatable the training is, not how sure the figure is for new patients: that takes an interval.</remarks>
public readonly record struct RepeatedRuns(double Mean, double StandardDeviation, int Count)
{
    /// <summary>Summarises the values of the runs.</summary>
    /// <exception cref="EvaluationDataException">There is no value, or one is not finite.</exception>
    public static RepeatedRuns Of(params ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            throw new EvaluationDataException(EvaluationFault.Empty, "There is no run to summarise: pass at least one value.", nameof(values));
        }

        Check.Finite(values, nameof(values));
        double mean = 0;
        foreach (double value in values)
        {
            mean += value / values.Length;
        }

        double squares = 0;
        foreach (double value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return new RepeatedRuns(mean, values.Length > 1 ? Math.Sqrt(squares / (values.Length - 1)) : double.NaN, values.Length);
    }

    /// <summary>As papers print it: <c>0.973 ± 0.004 (n = 5)</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Mean:0.000}{(Count > 1 ? $" ± {StandardDeviation:0.000}" : string.Empty)} (n = {Count})");
}
