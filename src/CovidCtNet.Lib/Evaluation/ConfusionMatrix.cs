namespace CovidCtNet.Lib.Evaluation;

/// <summary>Counts, or sums of weights, of right and wrong calls at one threshold, and what follows from them.</summary>
/// <remarks>
/// A ratio of nothing to nothing, such as the precision without a positive call, is NaN: it is undefined, not bad
/// (scikit-learn's <c>zero_division=nan</c>). Exceptions are stated at the member.
/// </remarks>
/// <param name="TruePositives">Positives called positive.</param>
/// <param name="FalsePositives">Negatives called positive.</param>
/// <param name="FalseNegatives">Positives called negative.</param>
/// <param name="TrueNegatives">Negatives called negative.</param>
public readonly record struct ConfusionMatrix(double TruePositives, double FalsePositives, double FalseNegatives, double TrueNegatives)
{
    /// <summary>All positives.</summary>
    public double Positives => TruePositives + FalseNegatives;

    /// <summary>All negatives.</summary>
    public double Negatives => FalsePositives + TrueNegatives;

    /// <summary>All cases called positive.</summary>
    public double CalledPositive => TruePositives + FalsePositives;

    /// <summary>All cases called negative.</summary>
    public double CalledNegative => FalseNegatives + TrueNegatives;

    /// <summary>All cases.</summary>
    public double Total => Positives + Negatives;

    /// <summary>Share of positives among all cases.</summary>
    public double Prevalence => Positives / Total;

    /// <summary>Share of right calls.</summary>
    public double Accuracy => (TruePositives + TrueNegatives) / Total;

    /// <summary>Mean of sensitivity and specificity; NaN if a class is missing.</summary>
    public double BalancedAccuracy => (Sensitivity + Specificity) / 2;

    /// <summary>Share of positives called positive; recall, true-positive rate.</summary>
    public double Sensitivity => TruePositives / Positives;

    /// <summary>Share of negatives called negative; true-negative rate.</summary>
    public double Specificity => TrueNegatives / Negatives;

    /// <summary>Positive predictive value at the prevalence of these cases.</summary>
    public double Precision => TruePositives / CalledPositive;

    /// <summary>Negative predictive value at the prevalence of these cases.</summary>
    public double NegativePredictiveValue => TrueNegatives / CalledNegative;

    /// <summary>Sensitivity / (1 - specificity); +infinity without false positives.</summary>
    public double PositiveLikelihoodRatio => Sensitivity / (FalsePositives / Negatives);

    /// <summary>(1 - sensitivity) / specificity; +infinity without true negatives.</summary>
    public double NegativeLikelihoodRatio => FalseNegatives / Positives / Specificity;

    /// <summary>Ratio of the likelihood ratios; +infinity without mistakes of one kind.</summary>
    public double DiagnosticOddsRatio => TruePositives * TrueNegatives / (FalsePositives * FalseNegatives);

    /// <summary>Youden's index: sensitivity + specificity - 1, in [-1, 1].</summary>
    public double YoudenIndex => Sensitivity + Specificity - 1;

    /// <summary>Harmonic mean of precision and sensitivity, 2 TP / (2 TP + FP + FN); NaN only if all three counts are zero.</summary>
    public double F1 => 2 * TruePositives / ((2 * TruePositives) + FalsePositives + FalseNegatives);

    /// <summary>
    /// Matthews correlation coefficient, in [-1, 1]; 0 where a row or column of the matrix is empty, as in scikit-learn.
    /// </summary>
    public double Mcc
    {
        get
        {
            // One root of the whole product: the root of a square is exact, so perfect calls give exactly 1.
            double scale = Math.Sqrt(Positives * Negatives * (CalledPositive * CalledNegative));
            return scale == 0 ? 0 : ((TruePositives * TrueNegatives) - (FalsePositives * FalseNegatives)) / scale;
        }
    }

    /// <summary>Cohen's kappa: agreement beyond chance, in [-1, 1]; NaN if all cases fall into one cell on the diagonal.</summary>
    public double Kappa
    {
        get
        {
            double chance = (CalledPositive * Negatives) + (Positives * CalledNegative);
            return 2 * ((TruePositives * TrueNegatives) - (FalseNegatives * FalsePositives)) / chance;
        }
    }

    /// <summary>Counts the calls at a threshold.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="threshold">Cases with at least this score are called positive.</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated. One class only is allowed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> is NaN.</exception>
    public static ConfusionMatrix Compute(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        double threshold = 0.5,
        ReadOnlySpan<double> weights = default)
    {
        Check.Cases(labels, scores, weights);
        Check.Threshold(threshold);

        // Rows of the four sums: true class, columns: called class.
        Span<double> sums = stackalloc double[4];
        for (int i = 0; i < labels.Length; i++)
        {
            sums[(labels[i] ? 2 : 0) + (scores[i] >= threshold ? 1 : 0)] += weights.IsEmpty ? 1 : weights[i];
        }

        return new ConfusionMatrix(sums[3], sums[1], sums[2], sums[0]);
    }

    /// <summary>Counts given calls.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="calls">True for a case that is called positive.</param>
    /// <exception cref="EvaluationDataException">There is no case, or the numbers of labels and calls differ.</exception>
    public static ConfusionMatrix Compute(ReadOnlySpan<bool> labels, ReadOnlySpan<bool> calls)
    {
        double[] scores = new double[calls.Length];
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = calls[i] ? 1 : 0;
        }

        return Compute(labels, scores);
    }

    /// <summary>
    /// Positive predictive value where the disease has another prevalence (Bayes' theorem): what a positive call means in a
    /// population, which a balanced test set does not tell.
    /// </summary>
    /// <param name="prevalence">Share of positives in the population, in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="prevalence"/> is not in [0, 1].</exception>
    public double PrecisionAt(double prevalence)
    {
        Check.Fraction(prevalence, nameof(prevalence));
        double right = Sensitivity * prevalence;
        return right / (right + (FalsePositives / Negatives * (1 - prevalence)));
    }

    /// <summary>Negative predictive value where the disease has another prevalence (Bayes' theorem).</summary>
    /// <param name="prevalence">Share of positives in the population, in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="prevalence"/> is not in [0, 1].</exception>
    public double NegativePredictiveValueAt(double prevalence)
    {
        Check.Fraction(prevalence, nameof(prevalence));
        double right = Specificity * (1 - prevalence);
        return right / (right + (FalseNegatives / Positives * prevalence));
    }
}
