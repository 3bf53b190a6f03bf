namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// All figures of one set of cases at one threshold, each computed when first asked for. The bootstrap hands one of these, with
/// the weights of a replicate, to the metric it is given: <c>m => m.Sensitivity</c>.
/// </summary>
/// <remarks>
/// Unlike <see cref="Evaluation.Auc"/> and the curves, which throw, a figure that the cases do not define (for example the area
/// with one class only) is NaN here, so that the others can still be read.
/// </remarks>
public sealed class BinaryMetrics
{
    private readonly RankedCases _ranked;
    private readonly double[]? _weights;
    private ConfusionMatrix? _confusion;
    private double? _auc;
    private double? _averagePrecision;

    internal BinaryMetrics(RankedCases ranked, double[]? weights, double threshold)
    {
        _ranked = ranked;
        _weights = weights;
        Threshold = threshold;
    }

    /// <summary>Cases with at least this score are called positive.</summary>
    public double Threshold { get; }

    /// <summary>Right and wrong calls at the threshold.</summary>
    public ConfusionMatrix Confusion => _confusion ??= Count();

    /// <inheritdoc cref="ConfusionMatrix.Prevalence"/>
    public double Prevalence => Confusion.Prevalence;

    /// <inheritdoc cref="ConfusionMatrix.Accuracy"/>
    public double Accuracy => Confusion.Accuracy;

    /// <inheritdoc cref="ConfusionMatrix.BalancedAccuracy"/>
    public double BalancedAccuracy => Confusion.BalancedAccuracy;

    /// <inheritdoc cref="ConfusionMatrix.Sensitivity"/>
    public double Sensitivity => Confusion.Sensitivity;

    /// <inheritdoc cref="ConfusionMatrix.Specificity"/>
    public double Specificity => Confusion.Specificity;

    /// <inheritdoc cref="ConfusionMatrix.Precision"/>
    public double Precision => Confusion.Precision;

    /// <inheritdoc cref="ConfusionMatrix.NegativePredictiveValue"/>
    public double NegativePredictiveValue => Confusion.NegativePredictiveValue;

    /// <inheritdoc cref="ConfusionMatrix.PositiveLikelihoodRatio"/>
    public double PositiveLikelihoodRatio => Confusion.PositiveLikelihoodRatio;

    /// <inheritdoc cref="ConfusionMatrix.NegativeLikelihoodRatio"/>
    public double NegativeLikelihoodRatio => Confusion.NegativeLikelihoodRatio;

    /// <inheritdoc cref="ConfusionMatrix.F1"/>
    public double F1 => Confusion.F1;

    /// <inheritdoc cref="ConfusionMatrix.Mcc"/>
    public double Mcc => Confusion.Mcc;

    /// <inheritdoc cref="ConfusionMatrix.Kappa"/>
    public double Kappa => Confusion.Kappa;

    /// <summary>Area under the ROC curve; NaN if a class is missing.</summary>
    public double Auc => _auc ??= _ranked.Auc(_weights);

    /// <summary>Average precision, see <see cref="PrecisionRecallCurve.AveragePrecision"/>; NaN without positives.</summary>
    public double AveragePrecision => _averagePrecision ??= _ranked.AveragePrecision(_weights);

    /// <summary>Brier score, see <see cref="ProperScores.Brier"/>.</summary>
    /// <exception cref="EvaluationDataException">A score is not a probability.</exception>
    public double Brier => MeanLoss(ProperScores.SquaredError);

    /// <summary>Log loss, see <see cref="ProperScores.LogLoss"/>.</summary>
    /// <exception cref="EvaluationDataException">A score is not a probability.</exception>
    public double LogLoss => MeanLoss(ProperScores.LogError);

    /// <summary>Computes the figures of one set of cases.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits; calibration figures need probabilities.</param>
    /// <param name="threshold">Cases with at least this score are called positive.</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated. One class only is allowed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> is NaN.</exception>
    public static BinaryMetrics Compute(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        double threshold = 0.5,
        ReadOnlySpan<double> weights = default)
    {
        Check.Threshold(threshold);
        RankedCases ranked = RankedCases.Create(labels, scores, weights);
        return new BinaryMetrics(ranked, ranked.Weights, threshold);
    }

    /// <inheritdoc cref="ConfusionMatrix.PrecisionAt(double)"/>
    public double PrecisionAt(double prevalence) => Confusion.PrecisionAt(prevalence);

    /// <inheritdoc cref="ConfusionMatrix.NegativePredictiveValueAt(double)"/>
    public double NegativePredictiveValueAt(double prevalence) => Confusion.NegativePredictiveValueAt(prevalence);

    /// <summary>The highest sensitivity that a threshold reaches with at least this specificity; NaN if a class is missing.</summary>
    /// <param name="specificity">The specificity to keep, in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="specificity"/> is not in [0, 1].</exception>
    public double SensitivityAtSpecificity(double specificity)
    {
        Check.Fraction(specificity, nameof(specificity));
        (double positives, double negatives) = _ranked.Totals(_weights, 0, _ranked.Count);
        double allowed = negatives * (1 - specificity + RocCurve.RateTolerance);
        double reached = 0;
        TieRuns runs = _ranked.Runs(_weights);
        while (runs.MoveNext() && runs.Negatives <= allowed)
        {
            reached = runs.Positives;
        }

        return negatives > 0 ? reached / positives : double.NaN;
    }

    /// <summary>The highest specificity that a threshold reaches with at least this sensitivity; NaN if a class is missing.</summary>
    /// <param name="sensitivity">The sensitivity to keep, in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sensitivity"/> is not in [0, 1].</exception>
    public double SpecificityAtSensitivity(double sensitivity)
    {
        Check.Fraction(sensitivity, nameof(sensitivity));
        (double positives, double negatives) = _ranked.Totals(_weights, 0, _ranked.Count);
        double needed = positives * (sensitivity - RocCurve.RateTolerance);
        TieRuns runs = _ranked.Runs(_weights);
        while (runs.Positives < needed && runs.MoveNext())
        {
        }

        return positives > 0 ? (negatives - runs.Negatives) / negatives : double.NaN;
    }

    /// <summary>Partial area on McClish's scale, see <see cref="Evaluation.Auc.Partial"/>; NaN if a class is missing.</summary>
    /// <param name="maxFalsePositiveRate">The limit, in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not in (0, 1].</exception>
    public double PartialAuc(double maxFalsePositiveRate)
    {
        if (!(maxFalsePositiveRate is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(maxFalsePositiveRate), maxFalsePositiveRate, "The limit lies in (0, 1].");
        }

        (double positives, double negatives) = _ranked.Totals(_weights, 0, _ranked.Count);
        double limit = maxFalsePositiveRate * negatives;
        double area = 0;
        TieRuns runs = _ranked.Runs(_weights);
        while (runs.Negatives < limit && runs.MoveNext())
        {
            double width = Math.Min(runs.TiedNegatives, limit - (runs.Negatives - runs.TiedNegatives));
            double rise = runs.TiedNegatives > 0 ? runs.TiedPositives * width / runs.TiedNegatives : 0;
            area += width * (runs.Positives - runs.TiedPositives + (rise / 2));
        }

        double chance = maxFalsePositiveRate * maxFalsePositiveRate / 2;
        double partial = area / (positives * negatives);
        return (1 + ((partial - chance) / (maxFalsePositiveRate - chance))) / 2;
    }

    /// <summary>Expected calibration error, see <see cref="ReliabilityCurve.ExpectedCalibrationError"/>.</summary>
    /// <param name="bins">Number of bins, at least 1.</param>
    /// <param name="strategy">Equal width or equal mass.</param>
    /// <exception cref="EvaluationDataException">A score is not a probability.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bins"/> is below 1.</exception>
    public double ExpectedCalibrationError(int bins = 10, BinStrategy strategy = BinStrategy.EqualWidth) =>
        ReliabilityCurve.Compute(_ranked, _weights, bins, strategy).ExpectedCalibrationError;

    /// <summary>Sensitivities at rising false-positive rates, with straight lines between thresholds, for a band around the curve.</summary>
    internal void Sensitivities(ReadOnlySpan<double> falsePositiveRates, Span<double> sensitivities)
    {
        (double positives, double negatives) = _ranked.Totals(_weights, 0, _ranked.Count);
        TieRuns runs = _ranked.Runs(_weights);
        bool more = runs.MoveNext();
        for (int i = 0; i < sensitivities.Length; i++)
        {
            double target = falsePositiveRates[i] * negatives;
            while (more && runs.Negatives <= target)
            {
                more = runs.MoveNext();
            }

            // At the end of the runs the whole class is reached; otherwise the target lies within the current run.
            double before = runs.Positives - runs.TiedPositives;
            double share = (target - (runs.Negatives - runs.TiedNegatives)) / runs.TiedNegatives;
            sensitivities[i] = (more ? before + (share * runs.TiedPositives) : runs.Positives) / positives;
        }
    }

    private ConfusionMatrix Count()
    {
        int called = _ranked.CountAtLeast(Threshold);
        (double truePositives, double falsePositives) = _ranked.Totals(_weights, 0, called);
        (double falseNegatives, double trueNegatives) = _ranked.Totals(_weights, called, _ranked.Count);
        return new ConfusionMatrix(truePositives, falsePositives, falseNegatives, trueNegatives);
    }

    private double MeanLoss(Func<bool, double, double> loss)
    {
        _ranked.RequireProbabilities();
        double sum = 0;
        double total = 0;
        for (int i = 0; i < _ranked.Count; i++)
        {
            double weight = _weights is null ? 1 : _weights[i];
            if (weight > 0)
            {
                sum += weight * loss(_ranked.Labels[i] != 0, _ranked.Scores[i]);
                total += weight;
            }
        }

        return sum / total;
    }
}
