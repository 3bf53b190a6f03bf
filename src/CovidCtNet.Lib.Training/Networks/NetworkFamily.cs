namespace CovidCtNet.Lib.Training.Networks;

/// <summary>Kinds of network that the trainer knows.</summary>
public enum NetworkFamily
{
    /// <summary>The residual attention network, or its trunk alone.</summary>
    ResidualAttention,

    /// <summary>Four plain convolutions: what any network must beat.</summary>
    SmallConvolutional,
}
