namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// The structural components ("placements") of DeLong et al. 1988 from one sort (Sun and Xu, IEEE Signal Processing Letters
/// 2014; 21: 1389-1393): for a positive, the share of negatives it beats; for a negative, the share of positives that beat it.
/// </summary>
internal sealed class DeLongPlacements
{
    private DeLongPlacements(double auc, double[] ofCase, int positives, int negatives, double positiveVariance, double negativeVariance)
    {
        Auc = auc;
        OfCase = ofCase;
        Positives = positives;
        Negatives = negatives;
        PositiveVariance = positiveVariance;
        NegativeVariance = negativeVariance;
    }

    public double Auc { get; }

    /// <summary>Placement of each case in the caller's order: V10 for positives, V01 for negatives.</summary>
    public double[] OfCase { get; }

    public int Positives { get; }

    public int Negatives { get; }

    /// <summary>Sample variance S10 of the placements of positives.</summary>
    public double PositiveVariance { get; }

    /// <summary>Sample variance S01 of the placements of negatives.</summary>
    public double NegativeVariance { get; }

    /// <summary>Variance of the area, S10/m + S01/n.</summary>
    public double Variance => (PositiveVariance / Positives) + (NegativeVariance / Negatives);

    public static DeLongPlacements Compute(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores)
    {
        RankedCases ranked = RankedCases.Create(labels, scores);
        ranked.RequireBothClasses();
        int m = ranked.Positives;
        int n = ranked.Negatives;
        if (m < 2 || n < 2)
        {
            throw new EvaluationDataException(
                EvaluationFault.TooFew,
                $"There are {m} positives and {n} negatives: DeLong's variance needs at least two of each.",
                nameof(labels));
        }

        double auc = ranked.Auc(null);
        double[] placements = new double[labels.Length];
        double s10 = 0;
        double s01 = 0;
        TieRuns runs = ranked.Runs(null);
        while (runs.MoveNext())
        {
            double v10 = (n - runs.Negatives + (0.5 * runs.TiedNegatives)) / n;
            double v01 = (runs.Positives - (0.5 * runs.TiedPositives)) / m;
            for (int i = runs.Start; i < runs.End; i++)
            {
                placements[ranked.Order[i]] = ranked.Labels[i] != 0 ? v10 : v01;
            }

            s10 += runs.TiedPositives * (v10 - auc) * (v10 - auc);
            s01 += runs.TiedNegatives * (v01 - auc) * (v01 - auc);
        }

        return new DeLongPlacements(auc, placements, m, n, s10 / (m - 1), s01 / (n - 1));
    }

    /// <summary>Covariance of the areas of two scores on the same cases (DeLong et al. 1988, eq. 5).</summary>
    public double Covariance(DeLongPlacements other, ReadOnlySpan<bool> labels)
    {
        double s10 = 0;
        double s01 = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            double product = (OfCase[i] - Auc) * (other.OfCase[i] - other.Auc);
            if (labels[i])
            {
                s10 += product;
            }
            else
            {
                s01 += product;
            }
        }

        return (s10 / (Positives - 1.0) / Positives) + (s01 / (Negatives - 1.0) / Negatives);
    }

    /// <summary>Variance of the area for grouped cases (Obuchowski 1997, section 3).</summary>
    public double ClusteredVariance(ReadOnlySpan<bool> labels, GroupIndex groups) => ClusteredCovariance(this, labels, groups);

    /// <summary>Covariance of two areas on the same grouped cases (Obuchowski 1997, section 4).</summary>
    public double ClusteredCovariance(DeLongPlacements other, ReadOnlySpan<bool> labels, GroupIndex groups)
    {
        (double[] positives, double[] negatives, int withPositives, int withNegatives) = GroupSums(labels, groups);
        (double[] otherPositives, double[] otherNegatives, _, _) = other.GroupSums(labels, groups);
        if (withPositives < 2 || withNegatives < 2)
        {
            throw new EvaluationDataException(
                EvaluationFault.TooFew,
                $"There are {withPositives} groups with positives and {withNegatives} with negatives: the variance between groups needs at least two of each.",
                nameof(groups));
        }

        double s10 = 0;
        double s01 = 0;
        double s11 = 0;
        for (int g = 0; g < groups.Count; g++)
        {
            s10 += positives[g] * otherPositives[g];
            s01 += negatives[g] * otherNegatives[g];
            s11 += ((positives[g] * otherNegatives[g]) + (negatives[g] * otherPositives[g])) / 2;
        }

        double m = Positives;
        double n = Negatives;
        s10 *= withPositives / (withPositives - 1.0) / m;
        s01 *= withNegatives / (withNegatives - 1.0) / n;
        s11 *= groups.Count / (groups.Count - 1.0);
        return (s10 / m) + (s01 / n) + (2 * s11 / (m * n));
    }

    private (double[] Positives, double[] Negatives, int WithPositives, int WithNegatives) GroupSums(ReadOnlySpan<bool> labels, GroupIndex groups)
    {
        double[] positives = new double[groups.Count];
        double[] negatives = new double[groups.Count];
        bool[] hasPositive = new bool[groups.Count];
        bool[] hasNegative = new bool[groups.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            int g = groups.OfCase[i];
            double deviation = OfCase[i] - Auc;
            if (labels[i])
            {
                positives[g] += deviation;
                hasPositive[g] = true;
            }
            else
            {
                negatives[g] += deviation;
                hasNegative[g] = true;
            }
        }

        return (positives, negatives, hasPositive.Count(has => has), hasNegative.Count(has => has));
    }
}
