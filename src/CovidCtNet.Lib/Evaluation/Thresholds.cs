using System.Globalization;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>Rules that choose a <see cref="DecisionThreshold"/>. Choose on validation data, then freeze the result for the test data.</summary>
/// <remarks>
/// A threshold lies midway between the two neighbouring scores that it parts, as in pROC, so that rounding cannot move a case
/// across it. Of equally good thresholds the highest wins. All members throw <see cref="EvaluationDataException"/> for cases that
/// cannot be evaluated, one class only included.
/// </remarks>
public static class Thresholds
{
    /// <summary>The threshold with the highest sensitivity + specificity - 1 (Youden, Cancer 1950; 3: 32-35).</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated.</exception>
    public static DecisionThreshold Youden(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores) =>
        Best(labels, scores, "Youden", (sensitivity, specificity) => sensitivity + specificity);

    /// <summary>The highest threshold with at least this sensitivity, for ruling out: few positives may be missed.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="sensitivity">The sensitivity to reach, in [0, 1].</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sensitivity"/> is not in [0, 1].</exception>
    public static DecisionThreshold AtSensitivity(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores, double sensitivity)
    {
        Check.Fraction(sensitivity, nameof(sensitivity));
        return Best(
            labels,
            scores,
            string.Create(CultureInfo.InvariantCulture, $"sensitivity at least {sensitivity}"),
            (reached, specificity) => reached >= sensitivity - RocCurve.RateTolerance ? specificity : -1);
    }

    /// <summary>The threshold with the highest sensitivity among those with at least this specificity, for ruling in: few false alarms.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="specificity">The specificity to reach, in [0, 1].</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="specificity"/> is not in [0, 1].</exception>
    public static DecisionThreshold AtSpecificity(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores, double specificity)
    {
        Check.Fraction(specificity, nameof(specificity));
        return Best(
            labels,
            scores,
            string.Create(CultureInfo.InvariantCulture, $"specificity at least {specificity}"),
            (sensitivity, reached) => reached >= specificity - RocCurve.RateTolerance ? sensitivity : -1);
    }

    /// <summary>
    /// The threshold with the least expected cost per case (Metz, Seminars in Nuclear Medicine 1978; 8: 283-298):
    /// prevalence * (1 - sensitivity) * cost of a miss + (1 - prevalence) * (1 - specificity) * cost of a false alarm.
    /// </summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="missCost">Cost of a positive called negative, at least 0.</param>
    /// <param name="falseAlarmCost">Cost of a negative called positive, at least 0, on the same scale.</param>
    /// <param name="prevalence">Share of positives where the threshold will be used, in [0, 1]; null means that of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A cost is negative or not finite, or the prevalence is not in [0, 1].</exception>
    public static DecisionThreshold MinimalCost(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        double missCost,
        double falseAlarmCost,
        double? prevalence = null)
    {
        Cost(missCost, nameof(missCost));
        Cost(falseAlarmCost, nameof(falseAlarmCost));
        Check.NotEmpty(labels);
        double share = prevalence ?? (double)labels.Count(true) / labels.Length;
        Check.Fraction(share, nameof(prevalence));
        double miss = share * missCost;
        double alarm = (1 - share) * falseAlarmCost;

        // Divided by the sum, so that the comparison of gains does not depend on the unit of the costs.
        double unit = Math.Max(miss + alarm, double.Epsilon);
        return Best(
            labels,
            scores,
            string.Create(CultureInfo.InvariantCulture, $"least cost, miss {missCost} : false alarm {falseAlarmCost}, prevalence {share:0.###}"),
            (sensitivity, specificity) => ((miss * sensitivity) + (alarm * specificity)) / unit);
    }

    private static void Cost(double cost, string name)
    {
        if (!(cost >= 0 && double.IsFinite(cost)))
        {
            throw new ArgumentOutOfRangeException(name, cost, "A cost is at least 0 and finite.");
        }
    }

    private static DecisionThreshold Best(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        string rule,
        Func<double, double, double> gain)
    {
        RankedCases ranked = RankedCases.Create(labels, scores);
        ranked.RequireBothClasses();
        double best = gain(0, 1);
        (int Count, double Sensitivity, double Specificity) chosen = (0, 0, 1);
        double positives = 0;
        for (int i = 0; i < ranked.Count; i++)
        {
            positives += ranked.Labels[i];
            if (i + 1 < ranked.Count && ranked.Scores[i + 1] == ranked.Scores[i])
            {
                continue;
            }

            double sensitivity = positives / ranked.Positives;
            double specificity = (ranked.Negatives - (i + 1 - positives)) / ranked.Negatives;
            double value = gain(sensitivity, specificity);

            // Equal gains may differ in the last bits; a real step is at least 1 / n.
            if (value > best + 1e-12)
            {
                best = value;
                chosen = (i + 1, sensitivity, specificity);
            }
        }

        return new DecisionThreshold(Between(ranked.Scores, chosen.Count), rule, chosen.Sensitivity, chosen.Specificity);
    }

    /// <summary>A finite threshold that calls exactly the first <paramref name="count"/> of the falling scores positive.</summary>
    private static double Between(double[] falling, int count)
    {
        if (count == 0)
        {
            return Math.BitIncrement(falling[0]);
        }

        if (count == falling.Length)
        {
            return falling[^1];
        }

        double above = falling[count - 1];
        double below = falling[count];
        double middle = (above / 2) + (below / 2);
        return middle > below && middle <= above ? middle : above;
    }
}
