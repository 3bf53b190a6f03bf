namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// Walks ranked cases by falling score, one run of equal scores at a time: <c>while (runs.MoveNext())</c>. No memory is
/// allocated, so that a bootstrap replicate costs one pass.
/// </summary>
internal ref struct TieRuns
{
    private readonly double[] _scores;
    private readonly double[] _labels;
    private readonly double[]? _weights;
    private int _next;

    public TieRuns(RankedCases cases, double[]? weights)
    {
        _scores = cases.Scores;
        _labels = cases.Labels;
        _weights = weights;
    }

    /// <summary>The score that the cases of the run share.</summary>
    public double Score { get; private set; }

    /// <summary>Rank of the first case of the run.</summary>
    public int Start { get; private set; }

    /// <summary>One past the rank of the last case of the run.</summary>
    public readonly int End => _next;

    /// <summary>Weight of the positives in the run.</summary>
    public double TiedPositives { get; private set; }

    /// <summary>Weight of the negatives in the run.</summary>
    public double TiedNegatives { get; private set; }

    /// <summary>Weight of the positives up to the end of the run: those called positive with <see cref="Score"/> as threshold.</summary>
    public double Positives { get; private set; }

    /// <summary>Weight of the negatives up to the end of the run.</summary>
    public double Negatives { get; private set; }

    public bool MoveNext()
    {
        double[] scores = _scores;
        int i = _next;
        if (i >= scores.Length)
        {
            return false;
        }

        Start = i;
        double score = scores[i];
        double positives = 0;
        double negatives = 0;
        do
        {
            // Multiplying by the label instead of branching on it: labels in rank order are unpredictable where it matters.
            double weight = _weights is null ? 1 : _weights[i];
            double positive = weight * _labels[i];
            positives += positive;
            negatives += weight - positive;
            i++;
        }
        while (i < scores.Length && scores[i] == score);

        _next = i;
        Score = score;
        TiedPositives = positives;
        TiedNegatives = negatives;
        Positives += positives;
        Negatives += negatives;
        return true;
    }
}
