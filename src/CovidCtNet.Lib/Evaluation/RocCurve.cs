using System.Collections;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// The receiver operating characteristic curve: one point for each distinct score, from (0, 0) at threshold +infinity to (1, 1)
/// at the lowest score. The points are those of scikit-learn's <c>roc_curve(drop_intermediate=False)</c>.
/// </summary>
public sealed class RocCurve : IReadOnlyList<RocPoint>
{
    private readonly double[] _falsePositiveRates;
    private readonly double[] _truePositiveRates;
    private readonly double[] _thresholds;

    private RocCurve(double[] falsePositiveRates, double[] truePositiveRates, double[] thresholds, double auc)
    {
        _falsePositiveRates = falsePositiveRates;
        _truePositiveRates = truePositiveRates;
        _thresholds = thresholds;
        Auc = auc;
    }

    /// <summary>Number of points: distinct scores plus one.</summary>
    public int Count => _thresholds.Length;

    /// <summary>False-positive rates, rising from 0 to 1.</summary>
    public ReadOnlySpan<double> FalsePositiveRates => _falsePositiveRates;

    /// <summary>True-positive rates, rising from 0 to 1.</summary>
    public ReadOnlySpan<double> TruePositiveRates => _truePositiveRates;

    /// <summary>Thresholds, falling from +infinity.</summary>
    public ReadOnlySpan<double> Thresholds => _thresholds;

    /// <summary>Area under the curve; equals <see cref="Evaluation.Auc.Compute"/>.</summary>
    public double Auc { get; }

    /// <summary>The point at <paramref name="index"/>.</summary>
    public RocPoint this[int index] => new(_falsePositiveRates[index], _truePositiveRates[index], _thresholds[index]);

    /// <summary>Computes the curve.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">The cases cannot be evaluated; both classes are needed.</exception>
    public static RocCurve Compute(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default)
    {
        RankedCases ranked = RankedCases.Create(labels, scores, weights);
        ranked.RequireBothClasses();
        int count = 1;
        TieRuns runs = ranked.Runs(ranked.Weights);
        while (runs.MoveNext())
        {
            count++;
        }

        double positives = runs.Positives;
        double negatives = runs.Negatives;
        double[] falsePositiveRates = new double[count];
        double[] truePositiveRates = new double[count];
        double[] thresholds = new double[count];
        thresholds[0] = double.PositiveInfinity;
        runs = ranked.Runs(ranked.Weights);
        for (int i = 1; runs.MoveNext(); i++)
        {
            falsePositiveRates[i] = runs.Negatives / negatives;
            truePositiveRates[i] = runs.Positives / positives;
            thresholds[i] = runs.Score;
        }

        return new RocCurve(falsePositiveRates, truePositiveRates, thresholds, ranked.Auc(ranked.Weights));
    }

    /// <summary>
    /// The same curve without the points that lie on a straight line between their neighbours, for drawing and storing. (scikit-learn's
    /// <c>drop_intermediate</c> drops only those that are evenly spaced as well.)
    /// </summary>
    public RocCurve WithoutCollinearPoints()
    {
        List<int> kept = [0];
        for (int i = 1; i < Count - 1; i++)
        {
            int previous = kept[^1];
            double cross = ((_falsePositiveRates[i] - _falsePositiveRates[previous]) * (_truePositiveRates[i + 1] - _truePositiveRates[i]))
                - ((_truePositiveRates[i] - _truePositiveRates[previous]) * (_falsePositiveRates[i + 1] - _falsePositiveRates[i]));

            // The smallest true corner has an area of 1 / (positives * negatives), far above the rounding of the rates.
            if (Math.Abs(cross) > 1e-15)
            {
                kept.Add(i);
            }
        }

        kept.Add(Count - 1);
        return new RocCurve(
            [.. kept.Select(i => _falsePositiveRates[i])],
            [.. kept.Select(i => _truePositiveRates[i])],
            [.. kept.Select(i => _thresholds[i])],
            Auc);
    }

    /// <summary>Area under the curve between two false-positive rates, with straight lines between points; at most their distance.</summary>
    /// <param name="from">Lower false-positive rate, in [0, 1).</param>
    /// <param name="to">Upper false-positive rate, in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The rates are not in [0, 1] or not in rising order.</exception>
    public double PartialArea(double from, double to)
    {
        ValidateRange(from, to);
        return PiecewiseLinear.Area(_falsePositiveRates, _truePositiveRates, from, to);
    }

    /// <summary>
    /// The partial area on the scale of McClish (Medical Decision Making 1989; 9: 190-195): 0.5 is chance, 1 is perfect.
    /// </summary>
    /// <param name="from">Lower false-positive rate, in [0, 1).</param>
    /// <param name="to">Upper false-positive rate, in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The rates are not in [0, 1] or not in rising order.</exception>
    public double StandardizedPartialArea(double from, double to)
    {
        double chance = ((to * to) - (from * from)) / 2;
        return (1 + ((PartialArea(from, to) - chance) / (to - from - chance))) / 2;
    }

    /// <summary>Area between the curve and full loss of specificity, over a range of sensitivities: the integral of the specificity.</summary>
    /// <param name="from">Lower sensitivity, in [0, 1).</param>
    /// <param name="to">Upper sensitivity, in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The sensitivities are not in [0, 1] or not in rising order.</exception>
    public double PartialAreaOverSensitivity(double from, double to)
    {
        ValidateRange(from, to);
        return to - from - PiecewiseLinear.Area(_truePositiveRates, _falsePositiveRates, from, to);
    }

    /// <summary>The highest sensitivity that a threshold reaches with at least this specificity.</summary>
    /// <param name="specificity">The specificity to keep, in [0, 1].</param>
    /// <param name="interpolate">True reads the sensitivity off the straight line between two thresholds, as pROC's <c>coords</c> does.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="specificity"/> is not in [0, 1].</exception>
    public double SensitivityAtSpecificity(double specificity, bool interpolate = false)
    {
        Check.Fraction(specificity, nameof(specificity));
        double limit = 1 - specificity;
        int index = Count - 1;
        while (_falsePositiveRates[index] > limit + RateTolerance)
        {
            index--;
        }

        return interpolate
            ? Math.Max(_truePositiveRates[index], PiecewiseLinear.At(_falsePositiveRates, _truePositiveRates, limit))
            : _truePositiveRates[index];
    }

    /// <summary>The highest specificity that a threshold reaches with at least this sensitivity.</summary>
    /// <param name="sensitivity">The sensitivity to keep, in [0, 1].</param>
    /// <param name="interpolate">True reads the specificity off the straight line between two thresholds, as pROC's <c>coords</c> does.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sensitivity"/> is not in [0, 1].</exception>
    public double SpecificityAtSensitivity(double sensitivity, bool interpolate = false)
    {
        Check.Fraction(sensitivity, nameof(sensitivity));
        int index = 0;
        while (_truePositiveRates[index] < sensitivity - RateTolerance)
        {
            index++;
        }

        double falsePositiveRate = interpolate
            ? Math.Min(_falsePositiveRates[index], PiecewiseLinear.At(_truePositiveRates, _falsePositiveRates, sensitivity))
            : _falsePositiveRates[index];
        return 1 - falsePositiveRate;
    }

    /// <inheritdoc/>
    public IEnumerator<RocPoint> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>"Specificity 0.9" must accept 9 of 10, which as 1 - 1/10 may round below 0.9.</summary>
    internal const double RateTolerance = 1e-12;

    private static void ValidateRange(double from, double to)
    {
        Check.Fraction(from, nameof(from));
        Check.Fraction(to, nameof(to));
        if (from >= to)
        {
            throw new ArgumentOutOfRangeException(nameof(to), to, $"The range must rise, but {to} is not above {from}.");
        }
    }
}
