using MathNet.Numerics.RootFinding;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// Temperature scaling: p = sigmoid(logit / T), with T chosen to minimise the log loss of validation data
/// (Guo et al., ICML 2017, arXiv:1706.04599, section 4.2). It leaves the ranking, and a threshold at 0.5, as they are.
/// </summary>
public sealed record TemperatureScaling : Calibrator
{
    /// <summary>Lowest temperature that a fit returns.</summary>
    public const double MinTemperature = 0.01;

    /// <summary>Highest temperature that a fit returns.</summary>
    public const double MaxTemperature = 100;

    /// <summary>Creates the map for a known temperature.</summary>
    /// <param name="temperature">T, positive and finite; above 1 it softens, below 1 it sharpens.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="temperature"/> is not positive and finite.</exception>
    public TemperatureScaling(double temperature)
    {
        if (!(temperature > 0 && double.IsFinite(temperature)))
        {
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A temperature is positive and finite.");
        }

        Temperature = temperature;
    }

    /// <summary>T, positive; 1 changes nothing.</summary>
    public double Temperature { get; }

    /// <summary>
    /// True if the fit ran into its limits: at <see cref="MinTemperature"/> the logits separate the classes at 0 (too easy a
    /// validation set), at <see cref="MaxTemperature"/> they say nothing, or the opposite of the labels.
    /// </summary>
    public bool IsAtBound => Temperature is <= MinTemperature or >= MaxTemperature;

    /// <summary>Fits the temperature to logits.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="logits">Log-odds of the positive class, before the sigmoid.</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated.</exception>
    public static TemperatureScaling FitLogits(ReadOnlySpan<bool> labels, ReadOnlySpan<double> logits, ReadOnlySpan<double> weights = default)
    {
        Check.Cases(labels, logits, weights);
        bool[] y = labels.ToArray();
        double[] z = logits.ToArray();
        double[]? w = weights.IsEmpty ? null : weights.ToArray();

        // The log loss is convex in the inverse temperature, so its slope has at most one zero; searched in the log of T,
        // where the steps are even.
        double Slope(double logTemperature)
        {
            double inverse = Math.Exp(-logTemperature);
            double slope = 0;
            for (int i = 0; i < z.Length; i++)
            {
                slope += (w is null ? 1 : w[i]) * z[i] * (Sigmoid.Of(z[i] * inverse) - (y[i] ? 1 : 0));
            }

            return slope;
        }

        double low = Math.Log(MinTemperature);
        double high = Math.Log(MaxTemperature);

        // A negative slope in 1/T at the lowest T means that the loss still falls towards T = 0.
        if (Slope(low) <= 0)
        {
            return new TemperatureScaling(MinTemperature);
        }

        if (Slope(high) >= 0)
        {
            return new TemperatureScaling(MaxTemperature);
        }

        return new TemperatureScaling(Math.Exp(Brent.FindRoot(Slope, low, high, 1e-13, 200)));
    }

    /// <summary>Fits the temperature to probabilities, through their log-odds.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="probabilities">Predicted probabilities, in [0, 1]; 0 and 1 are moved inwards by 2.2e-16.</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated, or a value is not in [0, 1].</exception>
    public static TemperatureScaling Fit(ReadOnlySpan<bool> labels, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> weights = default)
    {
        Check.Probabilities(probabilities, nameof(probabilities));
        double[] logits = new double[probabilities.Length];
        for (int i = 0; i < logits.Length; i++)
        {
            logits[i] = Sigmoid.Logit(probabilities[i]);
        }

        return FitLogits(labels, logits, weights);
    }

    /// <summary>The calibrated probability for a logit.</summary>
    public double CalibrateLogit(double logit) => Sigmoid.Of(logit / Temperature);

    /// <inheritdoc/>
    protected override double Map(double probability) => Sigmoid.Of(Sigmoid.Logit(probability) / Temperature);
}
