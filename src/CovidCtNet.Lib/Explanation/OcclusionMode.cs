namespace CovidCtNet.Lib.Explanation;

/// <summary>How many windows of an occlusion map are run.</summary>
public enum OcclusionMode
{
    /// <summary>Every window.</summary>
    Exact,

    /// <summary>
    /// One window in nine: a coarse grid, then those where a Gaussian process through the others' values is high and unsure; it predicts
    /// the rest. <see cref="AttentionMap.EstimatedError"/> says how well it predicts windows that it was not given.
    /// </summary>
    Fast,
}
