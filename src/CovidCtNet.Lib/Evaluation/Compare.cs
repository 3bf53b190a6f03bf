using MathNet.Numerics.Distributions;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// Tests of a difference between two models or two sets. For the difference of any other figure see
/// <see cref="Bootstrap.Difference{TGroup}"/>.
/// </summary>
/// <remarks>All members throw <see cref="EvaluationDataException"/> for cases that cannot be evaluated.</remarks>
public static class Compare
{
    /// <summary>DeLong's test of two areas on the same cases (Biometrics 1988; 44: 837-845); pROC's <c>roc.test</c>.</summary>
    /// <remarks>Takes cases as independent. Where the difference has no variance, as for equal scores, p is 1 if it is zero, else 0.</remarks>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="firstScores">Scores of the first model.</param>
    /// <param name="secondScores">Scores of the second model, of the same cases in the same order.</param>
    /// <param name="level">Confidence level of the interval of the difference.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated; at least two of each class are needed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not between 0 and 1.</exception>
    public static Comparison DeLong(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> firstScores,
        ReadOnlySpan<double> secondScores,
        double level = 0.95)
    {
        Check.Level(level);
        DeLongPlacements first = DeLongPlacements.Compute(labels, firstScores);
        DeLongPlacements second = DeLongPlacements.Compute(labels, secondScores);
        double variance = first.Variance + second.Variance - (2 * first.Covariance(second, labels));
        return Z(first.Auc, second.Auc, variance, level, "DeLong");
    }

    /// <summary>DeLong's test of two areas on the same cases in groups (Obuchowski, Biometrics 1997; 53: 567-578).</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="firstScores">Scores of the first model.</param>
    /// <param name="secondScores">Scores of the second model, of the same cases in the same order.</param>
    /// <param name="groups">The group of each case.</param>
    /// <param name="level">Confidence level of the interval of the difference.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated; at least two groups with each class are needed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not between 0 and 1.</exception>
    public static Comparison DeLongByGroup<TGroup>(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> firstScores,
        ReadOnlySpan<double> secondScores,
        ReadOnlySpan<TGroup> groups,
        double level = 0.95)
        where TGroup : notnull
    {
        Check.Level(level);
        GroupIndex index = GroupIndex.Create(labels, groups);
        DeLongPlacements first = DeLongPlacements.Compute(labels, firstScores);
        DeLongPlacements second = DeLongPlacements.Compute(labels, secondScores);
        double variance = first.ClusteredVariance(labels, index)
            + second.ClusteredVariance(labels, index)
            - (2 * first.ClusteredCovariance(second, labels, index));
        return Z(first.Auc, second.Auc, variance, level, "DeLong by group");
    }

    /// <summary>
    /// DeLong's test of the areas on two separate sets of cases, with Welch's degrees of freedom; pROC's <c>roc.test(paired=FALSE)</c>.
    /// </summary>
    /// <param name="firstLabels">True for a positive case of the first set.</param>
    /// <param name="firstScores">Scores of the first set.</param>
    /// <param name="secondLabels">True for a positive case of the second set.</param>
    /// <param name="secondScores">Scores of the second set.</param>
    /// <param name="level">Confidence level of the interval of the difference.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated; at least two of each class are needed in each set.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not between 0 and 1.</exception>
    public static Comparison DeLongUnpaired(
        ReadOnlySpan<bool> firstLabels,
        ReadOnlySpan<double> firstScores,
        ReadOnlySpan<bool> secondLabels,
        ReadOnlySpan<double> secondScores,
        double level = 0.95)
    {
        Check.Level(level);
        const string Method = "DeLong, unpaired";
        DeLongPlacements first = DeLongPlacements.Compute(firstLabels, firstScores);
        DeLongPlacements second = DeLongPlacements.Compute(secondLabels, secondScores);
        double a = first.Variance;
        double b = second.Variance;
        if (a + b == 0)
        {
            return Z(first.Auc, second.Auc, 0, level, Method);
        }

        double difference = first.Auc - second.Auc;
        double error = Math.Sqrt(a + b);
        double degrees = (a + b) * (a + b) / ((a * a / (firstLabels.Length - 1)) + (b * b / (secondLabels.Length - 1)));
        double t = difference / error;
        double half = StudentT.InvCDF(0, 1, degrees, 0.5 + (level / 2)) * error;
        var interval = new Interval(difference, difference - half, difference + half, level, Method);
        return new Comparison(first.Auc, second.Auc, interval, t, degrees, 2 * StudentT.CDF(0, 1, degrees, -Math.Abs(t)), Method);
    }

    /// <summary>Test of the areas on two separate sets of cases in groups, with Obuchowski's variances (Biometrics 1997; 53: 567-578).</summary>
    /// <remarks>No group may be in both sets: that would make them dependent.</remarks>
    /// <param name="firstLabels">True for a positive case of the first set.</param>
    /// <param name="firstScores">Scores of the first set.</param>
    /// <param name="firstGroups">The group of each case of the first set.</param>
    /// <param name="secondLabels">True for a positive case of the second set.</param>
    /// <param name="secondScores">Scores of the second set.</param>
    /// <param name="secondGroups">The group of each case of the second set.</param>
    /// <param name="level">Confidence level of the interval of the difference.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated; at least two groups with each class are needed in each set.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not between 0 and 1.</exception>
    public static Comparison DeLongUnpairedByGroup<TGroup>(
        ReadOnlySpan<bool> firstLabels,
        ReadOnlySpan<double> firstScores,
        ReadOnlySpan<TGroup> firstGroups,
        ReadOnlySpan<bool> secondLabels,
        ReadOnlySpan<double> secondScores,
        ReadOnlySpan<TGroup> secondGroups,
        double level = 0.95)
        where TGroup : notnull
    {
        Check.Level(level);
        DeLongPlacements first = DeLongPlacements.Compute(firstLabels, firstScores);
        DeLongPlacements second = DeLongPlacements.Compute(secondLabels, secondScores);
        double variance = first.ClusteredVariance(firstLabels, GroupIndex.Create(firstLabels, firstGroups))
            + second.ClusteredVariance(secondLabels, GroupIndex.Create(secondLabels, secondGroups));
        return Z(first.Auc, second.Auc, variance, level, "DeLong by group, unpaired");
    }

    /// <summary>McNemar's test of two accuracies on the same cases (Psychometrika 1947; 12: 153-157).</summary>
    /// <remarks>
    /// Only cases on which exactly one of the two is right count. The interval of the difference is that of Newcombe (Statistics in
    /// Medicine 1998; 17: 2635-2650, method 10). Takes cases as independent.
    /// </remarks>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="firstCalls">True where the first model calls positive.</param>
    /// <param name="secondCalls">True where the second model calls positive.</param>
    /// <param name="method">The form of the test.</param>
    /// <param name="level">Confidence level of the interval of the difference.</param>
    /// <exception cref="EvaluationDataException">There is no case, or the numbers differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not between 0 and 1.</exception>
    public static Comparison McNemar(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<bool> firstCalls,
        ReadOnlySpan<bool> secondCalls,
        McNemarMethod method = McNemarMethod.Exact,
        double level = 0.95)
    {
        Check.Level(level);
        Check.SameLength(labels.Length, firstCalls.Length, "first calls", nameof(firstCalls));
        Check.SameLength(labels.Length, secondCalls.Length, "second calls", nameof(secondCalls));
        Check.NotEmpty(labels);
        long both = 0;
        long onlyFirst = 0;
        long onlySecond = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            bool first = firstCalls[i] == labels[i];
            bool second = secondCalls[i] == labels[i];
            both += first && second ? 1 : 0;
            onlyFirst += first && !second ? 1 : 0;
            onlySecond += second && !first ? 1 : 0;
        }

        return McNemarTest.Compute(both, onlyFirst, onlySecond, labels.Length - both - onlyFirst - onlySecond, method, level);
    }

    private static Comparison Z(double first, double second, double variance, double level, string method)
    {
        double difference = first - second;

        // Rounding may leave a trace of variance, of either sign, where there is none.
        double error = variance > 1e-24 ? Math.Sqrt(variance) : 0;
        double half = Normal.InvCDF(0, 1, 0.5 + (level / 2)) * error;
        var interval = new Interval(difference, difference - half, difference + half, level, method);
        double z = difference == 0 ? 0 : difference / error;
        return new Comparison(first, second, interval, z, null, 2 * Normal.CDF(0, 1, -Math.Abs(z)), method);
    }
}
