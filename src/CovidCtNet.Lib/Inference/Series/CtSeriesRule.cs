using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Inference;

/// <summary>
/// How the slices of a series become one probability: the log-odds of the slices are smoothed along the series by a median, the highest
/// quarter of them is averaged, and Platt scaling maps the average to a probability.
/// </summary>
/// <remarks>
/// The highest slice alone would grow with the number of slices and follow a single odd one; the mean of all slices would drown a disease
/// that fills a part of the lungs. The median over three neighbours drops what only one slice shows.
/// </remarks>
public sealed record CtSeriesRule
{
    /// <summary>The rule of models that bring none: fitted for no model, so that its probability orders series and is not calibrated.</summary>
    public static CtSeriesRule Default { get; } = new();

    /// <summary>Neighbours that the median goes over, odd, 1 to 99; 1 smooths nothing. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is even or outside its range.</exception>
    public int Smoothing
    {
        get;
        init => field = value is >= 1 and <= 99 && value % 2 == 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Smoothing is odd, 1 to 99.");
    } = 3;

    /// <summary>Share of the slices that are averaged, in (0, 1]. Default: 0.25.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double TopShare
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The share is above 0 and at most 1.");
    } = 0.25;

    /// <summary>The fewest slices that are averaged, where there are so many; at least 1. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MinimumTop
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 3;

    /// <summary>Factor of the averaged log-odds, finite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public double Slope
    {
        get;
        init => field = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The slope is finite.");
    } = 1;

    /// <summary>Shift of the averaged log-odds, finite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public double Intercept
    {
        get;
        init => field = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The intercept is finite.");
    }

    /// <summary>The probability from which a series is positive, in (0, 1). Default: 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Threshold
    {
        get;
        init => field = value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The threshold lies between 0 and 1.");
    } = 0.5;

    /// <summary>SHA-256 of the weights that the rule was fitted for; null if it was fitted for none.</summary>
    public string? FittedFor { get; init; }

    /// <summary>
    /// Whether the rule was fitted for a model, or for the float32 model that it was made of, whose calibration it keeps: with any other its
    /// probability is not calibrated.
    /// </summary>
    /// <param name="contract">The model's contract.</param>
    public bool IsFittedFor(ModelContract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        return FittedFor is not null && (FittedFor == contract.WeightsSha256 || FittedFor == contract.Quantization?.SourceWeightsSha256);
    }

    /// <summary>Fits slope and intercept to series of known class, which should be none that the model was trained on.</summary>
    /// <param name="series">For each series the calibrated log-odds of its slices, in order; none empty.</param>
    /// <param name="labels">True for a positive series.</param>
    /// <param name="contract">The model that gave the log-odds.</param>
    /// <returns>This rule with the fitted numbers.</returns>
    /// <exception cref="EvaluationDataException">There are not two classes, or the scores are all alike.</exception>
    public CtSeriesRule Fit(IReadOnlyList<IReadOnlyList<double>> series, ReadOnlySpan<bool> labels, ModelContract contract)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(contract);
        double[] probabilities = [.. series.Select(s => Sigmoid(Average(s, out _)))];
        var fit = PlattScaling.Fit(labels, probabilities);
        return this with { Slope = fit.Slope, Intercept = fit.Intercept, FittedFor = contract.WeightsSha256 };
    }

    /// <summary>The probability of a series.</summary>
    /// <param name="logOdds">Calibrated log-odds of the slices, in order, at least one.</param>
    /// <param name="driving">The indices of the slices that were averaged, the highest first.</param>
    /// <exception cref="ArgumentException">There is no slice.</exception>
    public double Combine(IReadOnlyList<double> logOdds, out IReadOnlyList<int> driving)
        => Sigmoid((Slope * Average(logOdds, out driving)) + Intercept);

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private double Average(IReadOnlyList<double> logOdds, out IReadOnlyList<int> driving)
    {
        ArgumentNullException.ThrowIfNull(logOdds);
        if (logOdds.Count == 0)
        {
            throw new ArgumentException("A series has at least one slice.", nameof(logOdds));
        }

        var smooth = Smooth(logOdds);
        var count = Math.Min(smooth.Length, Math.Max(MinimumTop, (int)Math.Ceiling(TopShare * smooth.Length)));

        // Among equal values the slice whose own log-odds are higher, then the earlier one.
        int[] top = [.. Enumerable.Range(0, smooth.Length).OrderByDescending(i => smooth[i]).ThenByDescending(i => logOdds[i]).Take(count)];
        driving = top;
        return top.Average(i => smooth[i]);
    }

    private double[] Smooth(IReadOnlyList<double> values)
    {
        var half = Smoothing / 2;
        var smooth = new double[values.Count];
        for (var i = 0; i < smooth.Length; i++)
        {
            var (from, to) = (Math.Max(0, i - half), Math.Min(smooth.Length - 1, i + half));
            double[] window = [.. Enumerable.Range(from, to - from + 1).Select(j => values[j]).Order()];
            var middle = window.Length / 2;
            smooth[i] = window.Length % 2 == 1 ? window[middle] : (window[middle - 1] + window[middle]) / 2;
        }

        return smooth;
    }
}
