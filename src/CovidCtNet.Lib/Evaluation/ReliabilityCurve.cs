using System.Collections;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// Observed frequency against predicted probability in bins; empty bins are left out. Edges and points are those of
/// scikit-learn's <c>calibration_curve</c>.
/// </summary>
public sealed class ReliabilityCurve : IReadOnlyList<ReliabilityBin>
{
    private readonly ReliabilityBin[] _bins;

    private ReliabilityCurve(ReliabilityBin[] bins)
    {
        _bins = bins;
        double total = 0;
        foreach (ReliabilityBin bin in bins)
        {
            double gap = Math.Abs(bin.ObservedFrequency - bin.MeanProbability);
            total += bin.Weight;
            ExpectedCalibrationError += bin.Weight * gap;
            MaximumCalibrationError = Math.Max(MaximumCalibrationError, gap);
        }

        ExpectedCalibrationError /= total;
    }

    /// <summary>Number of bins that hold a case.</summary>
    public int Count => _bins.Length;

    /// <summary>
    /// Mean gap between frequency and probability, weighted by the cases of each bin (ECE; Naeini et al., AAAI 2015). It depends on
    /// the number of bins and is above zero even for perfect calibration: compare only equal set-ups.
    /// </summary>
    public double ExpectedCalibrationError { get; }

    /// <summary>Largest gap of any bin (MCE).</summary>
    public double MaximumCalibrationError { get; }

    /// <summary>The bin at <paramref name="index"/>, by rising probability.</summary>
    public ReliabilityBin this[int index] => _bins[index];

    /// <summary>Computes the curve.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="probabilities">Predicted probabilities, in [0, 1].</param>
    /// <param name="bins">Number of bins, at least 1.</param>
    /// <param name="strategy">Equal width or equal mass.</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated, or a score is not a probability. One class only is allowed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bins"/> is below 1.</exception>
    public static ReliabilityCurve Compute(
        ReadOnlySpan<bool> labels,
        ReadOnlySpan<double> probabilities,
        int bins = 10,
        BinStrategy strategy = BinStrategy.EqualWidth,
        ReadOnlySpan<double> weights = default)
    {
        RankedCases ranked = RankedCases.Create(labels, probabilities, weights);
        return Compute(ranked, ranked.Weights, bins, strategy);
    }

    /// <inheritdoc/>
    public IEnumerator<ReliabilityBin> GetEnumerator() => ((IEnumerable<ReliabilityBin>)_bins).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static ReliabilityCurve Compute(RankedCases ranked, double[]? weights, int bins, BinStrategy strategy)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        ranked.RequireProbabilities();
        double[] edges = strategy == BinStrategy.EqualWidth ? WidthEdges(bins) : MassEdges(ranked, weights, bins);
        List<ReliabilityBin> filled = [];
        int rank = ranked.Count - 1;
        for (int bin = 0; bin < bins && rank >= 0; bin++)
        {
            double weight = 0;
            double positives = 0;
            double sum = 0;

            // Ranks run from high to low scores; the last bin takes what is left.
            while (rank >= 0 && (bin == bins - 1 || ranked.Scores[rank] <= edges[bin + 1]))
            {
                double w = weights is null ? 1 : weights[rank];
                weight += w;
                positives += w * ranked.Labels[rank];
                sum += w * ranked.Scores[rank];
                rank--;
            }

            if (weight > 0)
            {
                filled.Add(new ReliabilityBin(edges[bin], edges[bin + 1], sum / weight, positives / weight, positives, weight));
            }
        }

        return new ReliabilityCurve([.. filled]);
    }

    private static double[] WidthEdges(int bins)
    {
        // Multiples of the rounded width, the way NumPy's linspace rounds them, so that a probability on an edge falls alike.
        double width = 1.0 / bins;
        double[] edges = new double[bins + 1];
        for (int i = 0; i < bins; i++)
        {
            edges[i] = i * width;
        }

        edges[bins] = 1;
        return edges;
    }

    /// <summary>
    /// Quantiles with linear interpolation (NumPy's default). Weights count as repetitions, in units of their mean, so that whole
    /// numbers of equal cases give the same edges as the cases themselves.
    /// </summary>
    private static double[] MassEdges(RankedCases ranked, double[]? weights, int bins)
    {
        int n = ranked.Count;
        double total = n;
        double unit = 1;
        if (weights is not null)
        {
            total = 0;
            for (int i = 0; i < n; i++)
            {
                total += weights[i];
            }

            unit = IsWhole(weights) ? 1 : total / n;
        }

        double[] edges = new double[bins + 1];
        int rank = n - 1;
        double cumulative = weights is null ? 1 : weights[rank];
        for (int i = 0; i <= bins; i++)
        {
            double quantile = i == bins ? 1 : i * (1.0 / bins) * 100 / 100;
            double position = Math.Max(0, (total / unit) - 1) * quantile;
            double whole = Math.Floor(position);
            while (rank > 0 && cumulative <= whole * unit)
            {
                rank--;
                cumulative += weights is null ? 1 : weights[rank];
            }

            double low = ranked.Scores[rank];
            double high = cumulative > (whole + 1) * unit || rank == 0 ? low : NextWithWeight(ranked, weights, rank);
            double share = position - whole;
            edges[i] = share >= 0.5 ? high - ((high - low) * (1 - share)) : low + ((high - low) * share);
        }

        return edges;
    }

    private static double NextWithWeight(RankedCases ranked, double[]? weights, int rank)
    {
        int next = rank - 1;
        while (next > 0 && weights is not null && weights[next] == 0)
        {
            next--;
        }

        return ranked.Scores[next];
    }

    private static bool IsWhole(double[] weights)
    {
        foreach (double weight in weights)
        {
            if (weight != Math.Floor(weight))
            {
                return false;
            }
        }

        return true;
    }
}
