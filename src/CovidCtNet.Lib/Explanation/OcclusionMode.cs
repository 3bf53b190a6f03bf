namespace CovidCtNet.Lib.Explanation;

/// <summary>How many windows of an occlusion map are run.</summary>
public enum OcclusionMode
{
    /// <summary>Every window.</summary>
    Exact,

    /// <summary>
    /// A staggered lattice of less than an eighth of the windows; kriging through their values predicts the others.
    /// <see cref="AttentionMap.EstimatedError"/> says how well it predicts windows that it was not given.
    /// </summary>
    Fast,
}
