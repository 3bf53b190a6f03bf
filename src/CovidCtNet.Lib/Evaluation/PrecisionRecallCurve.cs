using System.Collections;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// The precision-recall curve: one point for each distinct score by falling threshold, after the customary first point
/// (recall 0, precision 1). Reversed, these are the points of scikit-learn's <c>precision_recall_curve</c>.
/// </summary>
/// <remarks>The chance level of the precision is the prevalence of the evaluated cases, so curves of different sets cannot be compared.</remarks>
public sealed class PrecisionRecallCurve : IReadOnlyList<PrecisionRecallPoint>
{
    private readonly double[] _recall;
    private readonly double[] _precision;
    private readonly double[] _thresholds;

    private PrecisionRecallCurve(double[] recall, double[] precision, double[] thresholds, double averagePrecision, double prevalence)
    {
        _recall = recall;
        _precision = precision;
        _thresholds = thresholds;
        AveragePrecision = averagePrecision;
        Prevalence = prevalence;
    }

    /// <summary>Number of points: distinct scores plus one.</summary>
    public int Count => _thresholds.Length;

    /// <summary>Recall, rising from 0 to 1.</summary>
    public ReadOnlySpan<double> Recall => _recall;

    /// <summary>Precision at each point, in [0, 1].</summary>
    public ReadOnlySpan<double> Precision => _precision;

    /// <summary>Thresholds, falling from +infinity.</summary>
    public ReadOnlySpan<double> Thresholds => _thresholds;

    /// <summary>
    /// Average precision: the sum over thresholds of precision times the step in recall, without interpolation, as scikit-learn
    /// defines it. (A trapezoid rule would be too optimistic: Davis and Goadrich, ICML 2006.)
    /// </summary>
    public double AveragePrecision { get; }

    /// <summary>Weighted share of positives: the precision, and the average precision, of chance.</summary>
    public double Prevalence { get; }

    /// <summary>The point at <paramref name="index"/>.</summary>
    public PrecisionRecallPoint this[int index] => new(_recall[index], _precision[index], _thresholds[index]);

    /// <summary>Computes the curve.</summary>
    /// <param name="labels">True for a positive case.</param>
    /// <param name="scores">Scores, probabilities or logits.</param>
    /// <param name="weights">Optional non-negative weights of the cases.</param>
    /// <exception cref="EvaluationDataException">
    /// The cases cannot be evaluated; at least one positive is needed (without negatives the precision is 1 throughout).
    /// </exception>
    public static PrecisionRecallCurve Compute(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default)
    {
        RankedCases ranked = RankedCases.Create(labels, scores, weights);
        if (ranked.Positives == 0)
        {
            throw Check.OneClass("negative");
        }

        int count = 1;
        TieRuns runs = ranked.Runs(ranked.Weights);
        while (runs.MoveNext())
        {
            count++;
        }

        double positives = runs.Positives;
        double prevalence = positives / (positives + runs.Negatives);
        double[] recall = new double[count];
        double[] precision = new double[count];
        double[] thresholds = new double[count];
        precision[0] = 1;
        thresholds[0] = double.PositiveInfinity;
        runs = ranked.Runs(ranked.Weights);
        for (int i = 1; runs.MoveNext(); i++)
        {
            recall[i] = runs.Positives / positives;
            precision[i] = runs.Positives / (runs.Positives + runs.Negatives);
            thresholds[i] = runs.Score;
        }

        return new PrecisionRecallCurve(recall, precision, thresholds, ranked.AveragePrecision(ranked.Weights), prevalence);
    }

    /// <inheritdoc/>
    public IEnumerator<PrecisionRecallPoint> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
