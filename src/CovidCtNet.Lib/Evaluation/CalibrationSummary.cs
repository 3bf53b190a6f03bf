namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// Calibration without bins (Cox 1958; Van Calster et al., BMC Medicine 2019; 17: 230): in the large (is the mean risk right?) and
/// by slope (are the risks too extreme?).
/// </summary>
/// <param name="ObservedFrequency">Share of positives.</param>
/// <param name="MeanProbability">Mean predicted probability.</param>
/// <param name="Intercept">Calibration in the large: the shift of all log-odds that would make the mean right; 0 is perfect.</param>
/// <param name="Slope">
/// Factor of the log-odds in a logistic regression of the labels; 1 is perfect, below 1 the predictions are too extreme. NaN if the scores
/// separate the classes or are all alike.
/// </param>
public readonly record struct CalibrationSummary(double ObservedFrequency, double MeanProbability, double Intercept, double Slope)
{
    /// <summary>Observed over expected number of positives; 1 is perfect.</summary>
    public double ObservedToExpected => ObservedFrequency / MeanProbability;

    /// <summary>Computes the summary.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="probabilities">Predicted probabilities, in [0, 1]; 0 and 1 are moved inwards by 2.2e-16 for their log-odds.</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated; both classes are needed.</exception>
    public static CalibrationSummary Compute(ReadOnlySpan<bool> labels, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> weights = default)
    {
        Check.Cases(labels, probabilities, weights);
        Check.Probabilities(probabilities, nameof(probabilities));
        double[] logits = new double[labels.Length];
        double[] targets = new double[labels.Length];
        double positives = 0;
        double expected = 0;
        double total = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double weight = weights.IsEmpty ? 1 : weights[i];
            logits[i] = Sigmoid.Logit(probabilities[i]);
            targets[i] = labels[i] ? 1 : 0;
            positives += weight * targets[i];
            expected += weight * probabilities[i];
            total += weight;
        }

        if (positives <= 0 || positives >= total)
        {
            throw Check.OneClass(positives <= 0 ? "negative" : "positive");
        }

        return new CalibrationSummary(
            positives / total,
            expected / total,
            LogisticFit.InterceptForUnitSlope(logits, targets, weights),
            LogisticFit.Fit(logits, targets, weights)?.Slope ?? double.NaN);
    }
}
