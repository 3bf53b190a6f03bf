namespace CovidCtNet.Lib.Explanation;

/// <summary>What covers a window of the slice.</summary>
public enum OcclusionFill
{
    /// <summary>The mean of the slice.</summary>
    Mean,

    /// <summary>Intensity 0, the black of air.</summary>
    Zero,

    /// <summary>The slice blurred by a Gaussian of half the window: takes detail away and keeps brightness.</summary>
    Blurred,
}
