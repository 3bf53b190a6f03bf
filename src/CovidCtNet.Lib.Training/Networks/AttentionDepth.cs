namespace CovidCtNet.Lib.Training.Networks;

/// <summary>Depth variants of the Residual Attention Network (Wang et al., CVPR 2017, table 2 and section 4.1).</summary>
public enum AttentionDepth
{
    /// <summary>One attention module in each of the three stages: the network of the COVID CT-Net paper.</summary>
    Attention56,

    /// <summary>One, two and three attention modules in the three stages.</summary>
    Attention92,
}
