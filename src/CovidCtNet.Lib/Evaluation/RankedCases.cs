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

    /// <summary>Weights in the order of <see cref="Scores"/>; null means that every case weighs one.</summary>
    public double[]? Weights { get; }

    public int Positives { get; }

    public int Negatives => Count - Positives;

    public static RankedCases Create(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default)
    {
        Check.Cases(labels, scores, weights);
        int n = labels.Length;
        double[] keys = new double[n];
        int[] order = new int[n];
        for (int i = 0; i < n; i++)
        {
            keys[i] = -scores[i];
            order[i] = i;
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

    /// <summary>
    /// Mann-Whitney form of the area: the weighted share of pairs that are ranked rightly, ties counting half.
    /// NaN if a class has no weight.
    /// </summary>
    public double Auc(double[]? weights)
    {
        double[] scores = Scores;
        double[] labels = Labels;
        double positives = 0;
        double negatives = 0;
        double area = 0;
        int i = 0;
        while (i < scores.Length)
        {
            double score = scores[i];
            double tiedPositives = 0;
            double tiedNegatives = 0;
            do
            {
                double weight = weights is null ? 1 : weights[i];
                double positive = weight * labels[i];
                tiedPositives += positive;
                tiedNegatives += weight - positive;
                i++;
            }
            while (i < scores.Length && scores[i] == score);

            area += tiedNegatives * (positives + (0.5 * tiedPositives));
            positives += tiedPositives;
            negatives += tiedNegatives;
        }

        return positives > 0 && negatives > 0 ? area / (positives * negatives) : double.NaN;
    }
}
