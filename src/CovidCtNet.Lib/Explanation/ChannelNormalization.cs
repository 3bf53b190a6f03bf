namespace CovidCtNet.Lib.Explanation;

/// <summary>How the intensity of a gray slice becomes one channel of a network's input: (intensity - mean) / standard deviation.</summary>
/// <param name="Mean">Subtracted from the intensity.</param>
/// <param name="StandardDeviation">Divides it then; above 0.</param>
public readonly record struct ChannelNormalization(float Mean, float StandardDeviation);
