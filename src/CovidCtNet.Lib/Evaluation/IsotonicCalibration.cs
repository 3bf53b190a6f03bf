namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// Isotonic calibration: the rising function with the least Brier score on the fitted cases (Zadrozny and Elkan, KDD 2002), by
/// the pool-adjacent-violators algorithm; straight lines between its knots and constant beyond, as in scikit-learn's
/// <c>IsotonicRegression(out_of_bounds="clip")</c>. It can bend any way, and so overfits small sets: use it for a thousand cases or more.
/// </summary>
public sealed record IsotonicCalibration : Calibrator
{
    private readonly double[] _x;
    private readonly double[] _y;

    /// <summary>Creates the map for known knots.</summary>
    /// <param name="predicted">Predicted probabilities of the knots, strictly rising, in [0, 1].</param>
    /// <param name="calibrated">Calibrated probabilities of the knots, never falling, in [0, 1].</param>
    /// <exception cref="ArgumentException">There is no knot, the numbers differ, or a rule above is broken.</exception>
    public IsotonicCalibration(IReadOnlyList<double> predicted, IReadOnlyList<double> calibrated)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(calibrated);
        if (predicted.Count == 0 || predicted.Count != calibrated.Count)
        {
            throw new ArgumentException($"There are {predicted.Count} predicted and {calibrated.Count} calibrated values: pass one of each for every knot.", nameof(calibrated));
        }

        for (int i = 0; i < predicted.Count; i++)
        {
            bool rises = i == 0 || (predicted[i] > predicted[i - 1] && calibrated[i] >= calibrated[i - 1]);
            if (!rises || !(predicted[i] is >= 0 and <= 1) || !(calibrated[i] is >= 0 and <= 1))
            {
                throw new ArgumentException($"Knot {i} ({predicted[i]}, {calibrated[i]}) is outside [0, 1] or does not rise.", nameof(predicted));
            }
        }

        _x = [.. predicted];
        _y = [.. calibrated];
    }

    /// <summary>Predicted probabilities of the knots, strictly rising.</summary>
    public IReadOnlyList<double> Predicted => _x;

    /// <summary>Calibrated probabilities of the knots, never falling.</summary>
    public IReadOnlyList<double> Calibrated => _y;

    /// <summary>Fits the map.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="probabilities">Predicted probabilities, in [0, 1].</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated.</exception>
    public static IsotonicCalibration Fit(ReadOnlySpan<bool> labels, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> weights = default)
    {
        RankedCases ranked = RankedCases.Create(labels, probabilities, weights);
        ranked.RequireProbabilities();

        // From high to low scores, so the blocks must fall; equal scores start as one block.
        List<(double Low, double High, double Positives, double Weight)> blocks = [];
        TieRuns runs = ranked.Runs(ranked.Weights);
        while (runs.MoveNext())
        {
            (double Low, double High, double Positives, double Weight) block =
                (runs.Score, runs.Score, runs.TiedPositives, runs.TiedPositives + runs.TiedNegatives);
            while (blocks.Count > 0 && blocks[^1].Positives * block.Weight <= block.Positives * blocks[^1].Weight)
            {
                block = (block.Low, blocks[^1].High, block.Positives + blocks[^1].Positives, block.Weight + blocks[^1].Weight);
                blocks.RemoveAt(blocks.Count - 1);
            }

            blocks.Add(block);
        }

        List<double> x = [];
        List<double> y = [];
        for (int i = blocks.Count - 1; i >= 0; i--)
        {
            double value = Math.Min(1, blocks[i].Positives / blocks[i].Weight);
            x.Add(blocks[i].Low);
            y.Add(value);
            if (blocks[i].High > blocks[i].Low)
            {
                x.Add(blocks[i].High);
                y.Add(value);
            }
        }

        return new IsotonicCalibration(x, y);
    }

    /// <summary>Equal if all knots are.</summary>
    public bool Equals(IsotonicCalibration? other) =>
        other is not null && _x.AsSpan().SequenceEqual(other._x) && _y.AsSpan().SequenceEqual(other._y);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_x.Length, _x[0], _y[0], _y[^1]);

    /// <inheritdoc/>
    protected override double Map(double probability)
    {
        int index = Array.BinarySearch(_x, probability);
        if (index >= 0)
        {
            return _y[index];
        }

        index = ~index;
        if (index == 0 || index == _x.Length)
        {
            return index == 0 ? _y[0] : _y[^1];
        }

        double share = (probability - _x[index - 1]) / (_x[index] - _x[index - 1]);
        return _y[index - 1] + (share * (_y[index] - _y[index - 1]));
    }
}
