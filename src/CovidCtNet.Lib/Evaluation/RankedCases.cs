namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// Cases sorted once by falling score. Every ranking figure is then one pass, with any weights, which is what makes the
/// bootstrap cheap: it draws weights instead of sorting again.
/// </summary>
internal sealed class RankedCases
{
    private RankedCases(double[] scores, double[] labels, int[] order, double[]? weights, int positives)
    {
        Scores = scores;
        Labels = labels;
        Order = order;
        Weights = weights;
        Positives = positives;
    }

    public int Count => Scores.Length;

    /// <summary>Scores, falling.</summary>
    public double[] Scores { get; }

    /// <summary>1 for a positive, 0 for a negative, in the order of <see cref="Scores"/>; numbers because they get multiplied.</summary>
    public double[] Labels { get; }

    /// <summary>Index of each ranked case in the caller's data.</summary>
    public int[] Order { get; }

    /// <summary>Weights in the order of <see cref="Scores"/>, all positive; null means that every case weighs one.</summary>
    public double[]? Weights { get; }

    public int Positives { get; }

    public int Negatives => Count - Positives;

    /// <summary>Checks and sorts. Cases that weigh nothing are left out, as in scikit-learn, so that they add no point to a curve.</summary>
    public static RankedCases Create(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default)
    {
        Check.Cases(labels, scores, weights);
        int[] order = Included(labels.Length, weights);
        int n = order.Length;
        double[] keys = new double[n];
        for (int i = 0; i < n; i++)
        {
            keys[i] = -scores[order[i]];
        }

        Array.Sort(keys, order);
        double[] sortedLabels = new double[n];
        double[]? sortedWeights = weights.IsEmpty ? null : new double[n];
        int positives = 0;
        for (int i = 0; i < n; i++)
        {
            int source = order[i];
            keys[i] = scores[source];
            if (labels[source])
            {
                sortedLabels[i] = 1;
                positives++;
            }

            if (sortedWeights is not null)
            {
                sortedWeights[i] = weights[source];
            }
        }

        return new RankedCases(keys, sortedLabels, order, sortedWeights, positives);
    }

    public void RequireBothClasses() => Check.BothClasses(Positives, Negatives);

    /// <summary>Throws if a score is not in [0, 1].</summary>
    public void RequireProbabilities()
    {
        if (Scores[0] > 1)
        {
            throw Check.NotProbability(Scores[0], Order[0]);
        }

        if (Scores[^1] < 0)
        {
            throw Check.NotProbability(Scores[^1], Order[^1]);
        }
    }

    public TieRuns Runs(double[]? weights) => new(this, weights);

    /// <summary>Number of cases whose score is at least <paramref name="threshold"/>.</summary>
    public int CountAtLeast(double threshold)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Scores[middle] >= threshold)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Weight of the positives and the negatives among the cases ranked from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    public (double Positives, double Negatives) Totals(double[]? weights, int start, int end)
    {
        double positives = 0;
        double total = 0;
        for (int i = start; i < end; i++)
        {
            double weight = weights is null ? 1 : weights[i];
            positives += weight * Labels[i];
            total += weight * (1 - Labels[i]);
        }

        return (positives, total);
    }

    /// <summary>
    /// Mann-Whitney form of the area: the weighted share of pairs that are ranked rightly, ties counting half.
    /// NaN if a class has no weight.
    /// </summary>
    public double Auc(double[]? weights)
    {
        double area = 0;
        TieRuns runs = Runs(weights);
        while (runs.MoveNext())
        {
            area += runs.TiedNegatives * (runs.Positives - (0.5 * runs.TiedPositives));
        }

        return runs.Positives > 0 && runs.Negatives > 0 ? area / (runs.Positives * runs.Negatives) : double.NaN;
    }

    /// <summary>Sum over thresholds of precision times the step in recall; NaN if the positives have no weight.</summary>
    public double AveragePrecision(double[]? weights)
    {
        double sum = 0;
        TieRuns runs = Runs(weights);
        while (runs.MoveNext())
        {
            if (runs.TiedPositives > 0)
            {
                sum += runs.TiedPositives * (runs.Positives / (runs.Positives + runs.Negatives));
            }
        }

        return runs.Positives > 0 ? sum / runs.Positives : double.NaN;
    }

    private static int[] Included(int count, ReadOnlySpan<double> weights)
    {
        int[] order = new int[weights.IsEmpty ? count : count - weights.Count(0)];
        int next = 0;
        for (int i = 0; i < count; i++)
        {
            if (weights.IsEmpty || weights[i] > 0)
            {
                order[next++] = i;
            }
        }

        return order;
    }
}
