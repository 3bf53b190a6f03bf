namespace CovidCtNet.Lib.Evaluation;

/// <summary>How an interval is read off bootstrap replicates.</summary>
public enum BootstrapInterval
{
    /// <summary>
    /// Bias-corrected and accelerated percentiles (Efron, JASA 1987; 82: 171-185): better where the replicates are skewed, as for
    /// figures near 1.
    /// </summary>
    Bca,

    /// <summary>Plain percentiles of the replicates.</summary>
    Percentile,
}
