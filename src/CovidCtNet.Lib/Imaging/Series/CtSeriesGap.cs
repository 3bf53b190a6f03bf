namespace CovidCtNet.Lib.Imaging;

/// <summary>A place where slices are missing.</summary>
/// <param name="After">The index of the slice before the gap, from 0.</param>
/// <param name="Distance">From that slice to the next, in mm.</param>
/// <param name="Missing">How many slices of the usual spacing would fit in.</param>
public sealed record CtSeriesGap(int After, double Distance, int Missing);
