namespace CovidCtNet.Lib.Explanation;

/// <summary>A layer of a graph that class activation maps can look at.</summary>
/// <param name="Name">Name of its tensor [N, C, h, w] in the graph.</param>
/// <param name="Operator">The operator that makes it, such as <c>Relu</c>.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">h: rows of the raw map.</param>
/// <param name="Width">w: columns of the raw map.</param>
public sealed record TargetLayer(string Name, string Operator, int Channels, int Height, int Width);
