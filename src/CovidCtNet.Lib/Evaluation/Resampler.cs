namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// Draws units (cases or groups) with replacement and turns the draw into weights of the ranked cases: sorting is done once, a
/// replicate is one pass.
/// </summary>
internal sealed class Resampler
{
    // The acceleration needs no finer jackknife than this: leaving out blocks of a stratum at random estimates the same constant.
    private const int MaxJackknifeBlocks = 1000;

    private readonly RankedCases[] _rankings;
    private readonly int[][] _unitOfRank;
    private readonly double[] _thresholds;
    private readonly int[][] _strata;
    private readonly int _units;

    public Resampler(RankedCases[] rankings, double[] thresholds, GroupIndex? groups, bool stratified)
    {
        _rankings = rankings;
        _thresholds = thresholds;
        _unitOfRank = [.. rankings.Select(ranking => groups is null ? ranking.Order : Array.ConvertAll(ranking.Order, i => groups.OfCase[i]))];
        _units = groups?.Count ?? rankings[0].Order.Max() + 1;
        int[][] kinds = Kinds();
        IsStratified = stratified && kinds.All(kind => kind.Length > 1);
        _strata = IsStratified ? kinds : [[.. kinds.SelectMany(kind => kind).Order()]];
        if (_strata.Sum(stratum => stratum.Length) < 2)
        {
            throw new EvaluationDataException(
                EvaluationFault.TooFew,
                "There is a single case or group: a bootstrap needs at least two to draw from.",
                nameof(groups));
        }
    }

    public bool IsStratified { get; }

    /// <summary>Memory of one thread: how often each unit was drawn, and the weights of each ranking.</summary>
    public Draw NewDraw() => new(new int[_units], [.. _rankings.Select(ranking => new double[ranking.Count])]);

    /// <summary>The data themselves.</summary>
    public BinaryMetrics[] Original() =>
        [.. _rankings.Select((ranking, i) => new BinaryMetrics(ranking, ranking.Weights, _thresholds[i]))];

    public BinaryMetrics[] Replicate(int seed, int number, Draw draw)
    {
        var random = new SplitMix64(seed, number);
        Array.Clear(draw.Times);
        foreach (int[] stratum in _strata)
        {
            for (int i = 0; i < stratum.Length; i++)
            {
                draw.Times[stratum[random.Below(stratum.Length)]]++;
            }
        }

        return Weigh(draw);
    }

    /// <summary>Jackknife blocks of each stratum, by stratum.</summary>
    public int[] JackknifeBlocks() => [.. _strata.Select(stratum => Math.Min(stratum.Length, Math.Max(2, (int)((long)MaxJackknifeBlocks * stratum.Length / Math.Max(MaxJackknifeBlocks, _units)))))];

    /// <summary>The data without one block of units of one stratum.</summary>
    public BinaryMetrics[] LeaveOut(int stratum, int block, int blocks, Draw draw)
    {
        Array.Clear(draw.Times);
        for (int s = 0; s < _strata.Length; s++)
        {
            for (int i = 0; i < _strata[s].Length; i++)
            {
                // Every n-th unit, not neighbours: files often come sorted by something that matters.
                draw.Times[_strata[s][i]] = s == stratum && i % blocks == block ? 0 : 1;
            }
        }

        return Weigh(draw);
    }

    private BinaryMetrics[] Weigh(Draw draw)
    {
        var metrics = new BinaryMetrics[_rankings.Length];
        for (int k = 0; k < metrics.Length; k++)
        {
            int[] unitOfRank = _unitOfRank[k];
            double[] weights = draw.Weights[k];
            double[]? given = _rankings[k].Weights;
            for (int i = 0; i < weights.Length; i++)
            {
                double times = draw.Times[unitOfRank[i]];
                weights[i] = given is null ? times : times * given[i];
            }

            metrics[k] = new BinaryMetrics(_rankings[k], weights, _thresholds[k]);
        }

        return metrics;
    }

    /// <summary>The units that hold negatives only, positives only, and both.</summary>
    private int[][] Kinds()
    {
        int[] kind = new int[_units];
        for (int i = 0; i < _unitOfRank[0].Length; i++)
        {
            kind[_unitOfRank[0][i]] |= _rankings[0].Labels[i] != 0 ? 2 : 1;
        }

        return [.. Enumerable.Range(1, 3).Select(k => Enumerable.Range(0, _units).Where(unit => kind[unit] == k).ToArray()).Where(units => units.Length > 0)];
    }

    internal sealed record Draw(int[] Times, double[][] Weights);
}
