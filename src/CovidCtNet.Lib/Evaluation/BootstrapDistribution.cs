namespace CovidCtNet.Lib.Evaluation;

/// <summary>All that a bootstrap found about one figure.</summary>
public sealed class BootstrapDistribution
{
    internal BootstrapDistribution(Interval interval, double[] replicates)
    {
        Interval = interval;
        Replicates = replicates;
        double[] defined = [.. replicates.Where(value => !double.IsNaN(value))];
        Undefined = replicates.Length - defined.Length;
        double mean = defined.Length > 0 ? defined.Average() : double.NaN;
        Bias = mean - interval.Estimate;
        StandardError = defined.Length > 1 ? Math.Sqrt(defined.Sum(value => (value - mean) * (value - mean)) / (defined.Length - 1)) : double.NaN;
    }

    /// <summary>The estimate on the data themselves, with its interval.</summary>
    public Interval Interval { get; }

    /// <summary>The value of each replicate, by number; NaN where the figure was undefined.</summary>
    public IReadOnlyList<double> Replicates { get; }

    /// <summary>
    /// Number of replicates in which the figure was undefined. They are left out; if they are more than 5 %, the interval would
    /// be that of another question, and its limits are NaN.
    /// </summary>
    public int Undefined { get; }

    /// <summary>Mean of the replicates minus the estimate.</summary>
    public double Bias { get; }

    /// <summary>Standard deviation of the replicates.</summary>
    public double StandardError { get; }
}
