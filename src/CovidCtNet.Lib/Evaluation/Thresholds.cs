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
