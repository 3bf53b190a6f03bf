using MathNet.Numerics.Distributions;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>Area under the receiver operating characteristic (ROC) curve.</summary>
/// <remarks>
/// A higher score means "more likely positive". Ties count half. O(n log n) time, O(n) memory. All members throw
/// <see cref="EvaluationDataException"/> for empty input, unequal lengths, scores that are not finite, and cases of one class only.
/// </remarks>
public static class Auc
{
    /// <summary>The area: the chance that a random positive scores higher than a random negative, ties counting half.</summary>
    /// <param name="labels">True for a positive (COVID-19) case.</param>
    /// <param name="scores">Scores, probabilities or logits; only their order matters.</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <returns>The area, in [0, 1].</returns>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated, for example because one class is missing.</exception>
    public static double Compute(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default)
    {
        RankedCases ranked = RankedCases.Create(labels, scores, weights);
        ranked.RequireBothClasses();
        return ranked.Auc(ranked.Weights);
    }

    /// <summary>Area under the part of the ROC curve with a false-positive rate up to a limit.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="maxFalsePositiveRate">The limit, in (0, 1].</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <returns>
    /// The area on the scale of McClish (Medical Decision Making 1989; 9: 190-195), where 0.5 is chance and 1 is perfect: what
    /// scikit-learn's <c>roc_auc_score(max_fpr=...)</c> returns. <see cref="RocCurve.PartialArea"/> gives the plain area.
    /// </returns>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not in (0, 1].</exception>
    public static double Partial(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        double maxFalsePositiveRate,
        ReadOnlySpan<double> weights = default) =>
        RocCurve.Compute(labels, scores, weights).StandardizedPartialArea(0, maxFalsePositiveRate);

    /// <summary>The area with the confidence interval of DeLong, DeLong and Clarke-Pearson (Biometrics 1988; 44: 837-845).</summary>
    /// <remarks>
    /// Takes cases as independent: slices of one scan are not; use <see cref="DeLongByGroup{TGroup}"/> for those. Where the classes are perfectly
    /// separated the variance is zero and the interval is a point, as in pROC; that says nothing about certainty, and
    /// <see cref="Newcombe(ReadOnlySpan{bool}, ReadOnlySpan{double}, double)"/> does better there.
    /// </remarks>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="level">Confidence level.</param>
    /// <param name="scale">Scale of the interval; the linear one is clamped to [0, 1].</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated; at least two of each class are needed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not between 0 and 1.</exception>
    public static Interval DeLong(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        double level = 0.95,
        IntervalScale scale = IntervalScale.Linear)
    {
        Check.Level(level);
        DeLongPlacements placements = DeLongPlacements.Compute(labels, scores);
        return ToInterval(placements.Auc, placements.Variance, level, scale, "DeLong");
    }

    /// <summary>
    /// The area with DeLong's interval for cases that come in groups, such as the slices of a scan or the scans of a patient
    /// (Obuchowski, Biometrics 1997; 53: 567-578). A group may hold both classes.
    /// </summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="groups">The group of each case.</param>
    /// <param name="level">Confidence level.</param>
    /// <param name="scale">Scale of the interval; the linear one is clamped to [0, 1].</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated; at least two groups with each class are needed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not between 0 and 1.</exception>
    public static Interval DeLongByGroup<TGroup>(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        ReadOnlySpan<TGroup> groups,
        double level = 0.95,
        IntervalScale scale = IntervalScale.Linear)
        where TGroup : notnull
    {
        Check.Level(level);
        DeLongPlacements placements = DeLongPlacements.Compute(labels, scores);
        double variance = placements.ClusteredVariance(labels, GroupIndex.Create(labels, groups));
        return ToInterval(placements.Auc, variance, level, scale, "DeLong by group");
    }

    /// <summary>
    /// The area with Newcombe's score interval (Statistics in Medicine 2006; 25: 559-573, method 5), which solves
    /// |area - A| = z sqrt(V(A)) for A with the variance of Hanley and McNeil.
    /// </summary>
    /// <remarks>
    /// It has width where the classes are perfectly separated, and needs only one case of each class; DeLong's interval is the better one
    /// elsewhere. Takes cases as independent.
    /// </remarks>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="level">Confidence level.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not between 0 and 1.</exception>
    public static Interval Newcombe(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores, double level = 0.95)
    {
        double area = Compute(labels, scores);
        int positives = labels.Count(true);
        return Newcombe(area, positives, labels.Length - positives, level);
    }

    /// <summary>Newcombe's score interval for a known area and known numbers of independent units, such as groups.</summary>
    /// <param name="area">The area, in [0, 1].</param>
    /// <param name="positives">Number of positives, at least 1.</param>
    /// <param name="negatives">Number of negatives, at least 1.</param>
    /// <param name="level">Confidence level.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static Interval Newcombe(double area, int positives, int negatives, double level = 0.95)
    {
        Check.Fraction(area, nameof(area));
        ArgumentOutOfRangeException.ThrowIfLessThan(positives, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(negatives, 1);
        Check.Level(level);
        double z = Normal.InvCDF(0, 1, 0.5 + (level / 2));
        double mean = (positives + (double)negatives) / 2;
        double Reach(double a)
        {
            double bracket = (2 * mean) - 1 - (3 * (mean - 1) / ((2 - a) * (1 + a)));
            return z * Math.Sqrt(a * (1 - a) * bracket / ((double)positives * negatives));
        }

        // Towards each end the distance to the estimate grows while the reach falls to zero: one crossing, found by bisection.
        double Solve(double end)
        {
            double inside = area;
            double outside = end;
            for (int i = 0; i < 100 && inside != outside; i++)
            {
                double middle = (inside + outside) / 2;
                (inside, outside) = Math.Abs(area - middle) <= Reach(middle) ? (middle, outside) : (inside, middle);
            }

            return inside;
        }

        return new Interval(area, Solve(0), Solve(1), level, "Newcombe");
    }

    internal static Interval ToInterval(double area, double variance, double level, IntervalScale scale, string method)
    {
        double z = Normal.InvCDF(0, 1, 0.5 + (level / 2));
        double error = Math.Sqrt(variance);
        if (scale == IntervalScale.Linear)
        {
            return new Interval(area, Math.Max(0, area - (z * error)), Math.Min(1, area + (z * error)), level, method);
        }

        method += ", logit";
        if (area is <= 0 or >= 1)
        {
            return new Interval(area, area, area, level, method);
        }

        double logOdds = Math.Log(area / (1 - area));
        double half = z * error / (area * (1 - area));
        return new Interval(area, Sigmoid.Of(logOdds - half), Sigmoid.Of(logOdds + half), level, method);
    }
}
