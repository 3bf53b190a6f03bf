namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// A map from predicted to calibrated probability. Fit it on validation data only: calibration measured on the data it was
/// fitted to flatters.
/// </summary>
public abstract record Calibrator
{
    /// <summary>The calibrated probability for a predicted one.</summary>
    /// <param name="probability">Predicted probability, in [0, 1].</param>
    /// <returns>The calibrated probability, in [0, 1].</returns>
    /// <exception cref="EvaluationDataException"><paramref name="probability"/> is not in [0, 1].</exception>
    public double Calibrate(double probability) =>
        probability is >= 0 and <= 1 ? Map(probability) : throw Check.NotProbability(probability, null, nameof(probability));

    /// <summary>The calibrated probabilities for many predicted ones.</summary>
    /// <param name="probabilities">Predicted probabilities, in [0, 1].</param>
    /// <returns>The calibrated probabilities, in the same order.</returns>
    /// <exception cref="EvaluationDataException">A value is not in [0, 1].</exception>
    public double[] Calibrate(ReadOnlySpan<double> probabilities)
    {
        Check.Probabilities(probabilities, nameof(probabilities));
        double[] calibrated = new double[probabilities.Length];
        for (int i = 0; i < calibrated.Length; i++)
        {
            calibrated[i] = Map(probabilities[i]);
        }

        return calibrated;
    }

    /// <summary>Maps one probability that is known to be in [0, 1].</summary>
    protected abstract double Map(double probability);
}
