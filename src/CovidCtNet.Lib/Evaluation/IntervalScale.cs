namespace CovidCtNet.Lib.Evaluation;

/// <summary>The scale on which a normal interval is symmetric.</summary>
public enum IntervalScale
{
    /// <summary>Symmetric around the estimate and clamped to [0, 1], as R's pROC does.</summary>
    Linear,

    /// <summary>
    /// Symmetric around the log-odds of the estimate, so never outside (0, 1) and better covering near 1
    /// (Pepe 2003, "The Statistical Evaluation of Medical Tests", eq. 5.3).
    /// </summary>
    Logit,
}
