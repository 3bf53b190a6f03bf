namespace CovidCtNet.Lib.Evaluation;

/// <summary>How the scores of each class are spread.</summary>
public static class ScoreHistogram
{
    /// <summary>Counts the scores of both classes in bins of equal width.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="bins">Number of bins, at least 1.</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <returns>
    /// The bins by rising score, over [0, 1] if all scores lie there, else from the lowest to the highest score (half a unit to
    /// each side of a constant one, as NumPy does).
    /// </returns>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated. One class only is allowed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bins"/> is below 1.</exception>
    public static IReadOnlyList<HistogramBin> Compute(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> scores,
        int bins = 20,
        ReadOnlySpan<double> weights = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        Check.Cases(labels, scores, weights);
        (double low, double high) = Range(scores);
        double[] edges = new double[bins + 1];
        for (int i = 0; i < bins; i++)
        {
            edges[i] = low + (i * ((high - low) / bins));
        }

        edges[bins] = high;
        double[] positives = new double[bins];
        double[] negatives = new double[bins];
        for (int i = 0; i < labels.Length; i++)
        {
            int bin = Array.BinarySearch(edges, scores[i]);
            bin = Math.Clamp(bin < 0 ? ~bin - 1 : bin, 0, bins - 1);
            (labels[i] ? positives : negatives)[bin] += weights.IsEmpty ? 1 : weights[i];
        }

        return [.. Enumerable.Range(0, bins).Select(i => new HistogramBin(edges[i], edges[i + 1], positives[i], negatives[i]))];
    }

    private static (double Low, double High) Range(ReadOnlySpan<double> scores)
    {
        double low = scores[0];
        double high = scores[0];
        foreach (double score in scores)
        {
            low = Math.Min(low, score);
            high = Math.Max(high, score);
        }

        if (low >= 0 && high <= 1)
        {
            return (0, 1);
        }

        return low < high ? (low, high) : (low - 0.5, high + 0.5);
    }
}
