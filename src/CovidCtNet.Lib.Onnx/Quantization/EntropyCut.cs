namespace CovidCtNet.Lib.Onnx.Quantization;

/// <summary>Finds the range whose 8-bit values lose the least information about a histogram.</summary>
internal static class EntropyCut
{
    private const int Levels = 256;
    private const int Candidates = 96;

    /// <summary>
    /// Tries upper ends from an eighth of the seen one to all of it, then lower ends, and takes those with the smallest Kullback-Leibler
    /// divergence.
    /// </summary>
    public static QuantizationRange Find(TensorHistogram histogram, float minimum, float maximum)
    {
        (minimum, maximum) = (Math.Min(minimum, 0), Math.Max(maximum, 0));
        var high = Best(share => new QuantizationRange(minimum, (float)(maximum * share)), histogram, maximum > 0);
        var low = Best(share => new QuantizationRange((float)(minimum * share), (float)(maximum * high)), histogram, minimum < 0);
        return new QuantizationRange((float)(minimum * low), (float)(maximum * high));
    }

    private static double Best(Func<double, QuantizationRange> rangeOf, TensorHistogram histogram, bool hasSide)
    {
        var (best, smallest) = (1.0, double.PositiveInfinity);
        for (var i = Candidates; hasSide && i >= 0; i--)
        {
            var share = (1.0 / 8) + ((7.0 / 8) * i / Candidates);
            var divergence = Divergence(histogram, rangeOf(share));
            if (divergence < smallest)
            {
                (smallest, best) = (divergence, share);
            }
        }

        return best;
    }

    /// <summary>
    /// The divergence of the quantised distribution from the clipped one, with the clipped mass in the outermost bins. The two bins at 0
    /// are left out: rectifiers put so much mass there that nothing else would count.
    /// </summary>
    private static double Divergence(TensorHistogram histogram, QuantizationRange range)
    {
        var counts = histogram.Counts;
        var first = Math.Clamp((int)Math.Floor(range.Minimum / histogram.Width) + TensorHistogram.Half, 0, counts.Length - 1);
        var last = Math.Clamp((int)Math.Ceiling(range.Maximum / histogram.Width) + TensorHistogram.Half - 1, first, counts.Length - 1);
        var bins = last - first + 1;
        var reference = new double[bins];
        for (var bin = 0; bin < counts.Length; bin++)
        {
            if (bin is not (TensorHistogram.Half or (TensorHistogram.Half - 1)))
            {
                reference[Math.Clamp(bin, first, last) - first] += counts[bin];
            }
        }

        // The quantised distribution knows nothing of what was clipped.
        Span<double> levelMass = stackalloc double[Levels];
        Span<int> levelBins = stackalloc int[Levels];
        levelMass.Clear();
        levelBins.Clear();
        for (var b = 0; b < bins; b++)
        {
            var level = (int)((long)b * Levels / bins);
            var inside = first + b is TensorHistogram.Half or (TensorHistogram.Half - 1) ? 0 : counts[first + b];
            levelMass[level] += inside;
            levelBins[level] += reference[b] > 0 ? 1 : 0;
        }

        double total = 0, kept = 0;
        for (var b = 0; b < bins; b++)
        {
            total += reference[b];
        }

        foreach (var mass in levelMass)
        {
            kept += mass;
        }

        if (total == 0 || kept == 0)
        {
            return double.PositiveInfinity;
        }

        double divergence = 0;
        for (var b = 0; b < bins; b++)
        {
            if (reference[b] > 0)
            {
                var level = (int)((long)b * Levels / bins);
                var p = reference[b] / total;
                var q = Math.Max(levelMass[level] / levelBins[level] / kept, 1e-12);
                divergence += p * Math.Log(p / q);
            }
        }

        return divergence;
    }
}
