namespace CovidCtNet.Lib.Imaging;

/// <summary>A rectangle of whole pixels of a slice.</summary>
/// <param name="X">First column.</param>
/// <param name="Y">First row.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
public readonly record struct CtRegion(int X, int Y, int Width, int Height);
