namespace CovidCtNet.Lib.Explanation;

/// <summary>A two-dimensional array of a <c>.npy</c> file.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Values">Values, row by row.</param>
public sealed record NpyArray(int Rows, int Columns, float[] Values);
