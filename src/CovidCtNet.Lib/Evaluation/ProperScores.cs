namespace CovidCtNet.Lib.Evaluation;

/// <summary>Proper scoring rules: losses of probabilities that are least for the true ones, so they reward calibration and ranking at once.</summary>
public static class ProperScores
{
    /// <summary>Brier score: mean squared difference of probability and outcome, in [0, 1]; 0.25 is a constant 0.5.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="probabilities">Predicted probabilities, in [0, 1].</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated, or a score is not a probability. One class only is allowed.</exception>
    public static double Brier(ReadOnlySpan<bool> labels, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> weights = default) =>
        Mean(labels, probabilities, weights, SquaredError);

    /// <summary>
    /// Log loss (cross-entropy, nats): mean of -log of the probability given to the outcome. Probabilities are kept 2.2e-16 away
    /// from 0 and 1, as in scikit-learn, so that one sure mistake costs 36 instead of infinity.
    /// </summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="probabilities">Predicted probabilities, in [0, 1].</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated, or a score is not a probability. One class only is allowed.</exception>
    public static double LogLoss(ReadOnlySpan<bool> labels, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> weights = default) =>
        Mean(labels, probabilities, weights, LogError);

    internal static double SquaredError(bool label, double probability)
    {
        double error = probability - (label ? 1 : 0);
        return error * error;
    }

    internal static double LogError(bool label, double probability)
    {
        double p = Math.Clamp(probability, Sigmoid.ClipEpsilon, 1 - Sigmoid.ClipEpsilon);
        return label ? -Math.Log(p) : -Math.Log(1 - p);
    }

    private static double Mean(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> probabilities,
        ReadOnlySpan<double> weights,
        Func<bool, double, double> loss)
    {
        Check.Cases(labels, probabilities, weights);
        Check.Probabilities(probabilities, nameof(probabilities));
        double sum = 0;
        double total = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            double weight = weights.IsEmpty ? 1 : weights[i];
            sum += weight * loss(labels[i], probabilities[i]);
            total += weight;
        }

        return sum / total;
    }
}
