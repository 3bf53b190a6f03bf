namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// Platt scaling: p = sigmoid(slope * logit + intercept), fitted to targets drawn slightly away from 0 and 1
/// (Platt, Advances in Large Margin Classifiers 1999, eq. 1-2), so that it exists for separated classes as well.
/// </summary>
public sealed record PlattScaling : Calibrator
{
    /// <summary>Creates the map for known parameters.</summary>
    /// <param name="slope">Factor of the log-odds, finite; 1 changes nothing.</param>
    /// <param name="intercept">Shift of the log-odds, finite; 0 changes nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not finite.</exception>
    public PlattScaling(double slope, double intercept)
    {
        Slope = double.IsFinite(slope) ? slope : throw new ArgumentOutOfRangeException(nameof(slope), slope, "The slope is finite.");
        Intercept = double.IsFinite(intercept) ? intercept : throw new ArgumentOutOfRangeException(nameof(intercept), intercept, "The intercept is finite.");
    }

    /// <summary>Factor of the log-odds; below 1 the predictions were too extreme.</summary>
    public double Slope { get; }

    /// <summary>Shift of the log-odds.</summary>
    public double Intercept { get; }

    /// <summary>Fits the map to probabilities, through their log-odds.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="probabilities">Predicted probabilities, in [0, 1]; 0 and 1 are moved inwards by 2.2e-16.</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated; two classes and two different scores are needed.</exception>
    public static PlattScaling Fit(ReadOnlySpan<bool> labels, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> weights = default)
    {
        Check.Cases(labels, probabilities, weights);
        Check.Probabilities(probabilities, nameof(probabilities));
        double positives = 0;
        double negatives = 0;
        double[] logits = new double[labels.Length];
        for (int i = 0; i < logits.Length; i++)
        {
            double weight = weights.IsEmpty ? 1 : weights[i];
            positives += labels[i] ? weight : 0;
            negatives += labels[i] ? 0 : weight;
            logits[i] = Sigmoid.Logit(probabilities[i]);
        }

        if (positives == 0 || negatives == 0)
        {
            throw Check.OneClass(positives == 0 ? "negative" : "positive");
        }

        double[] targets = new double[labels.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = labels[i] ? (positives + 1) / (positives + 2) : 1 / (negatives + 2);
        }

        return LogisticFit.Fit(logits, targets, weights) is { } fit
            ? new PlattScaling(fit.Slope, fit.Intercept)
            : throw new EvaluationDataException(
                EvaluationFault.TooFew,
                "The scores are all alike, so no slope can be fitted: pass scores that vary.",
                nameof(probabilities));
    }

    /// <inheritdoc/>
    protected override double Map(double probability) => Sigmoid.Of((Slope * Sigmoid.Logit(probability)) + Intercept);
}
