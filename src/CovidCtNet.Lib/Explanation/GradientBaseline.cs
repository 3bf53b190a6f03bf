namespace CovidCtNet.Lib.Explanation;

/// <summary>Where the path of integrated gradients begins.</summary>
public enum GradientBaseline
{
    /// <summary>Intensity 0, the black of air.</summary>
    Black,

    /// <summary>The mean of the slice everywhere.</summary>
    Mean,

    /// <summary>The slice blurred by a Gaussian of an eighth of the input's shorter side.</summary>
    Blurred,
}
