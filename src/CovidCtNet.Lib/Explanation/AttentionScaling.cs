namespace CovidCtNet.Lib.Explanation;

/// <summary>How the raw values of a method become a map in [0, 1].</summary>
public enum AttentionScaling
{
    /// <summary>Negative values count as 0, the rest is divided by the largest: evidence for the class (class activation maps, occlusion).</summary>
    Positive,

    /// <summary>Absolute values, divided by the largest: sensitivity either way (gradients).</summary>
    Magnitude,

    /// <summary>From the smallest to the largest value: relative weight (attention masks).</summary>
    Range,
}
