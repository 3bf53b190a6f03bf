namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Gray pixels of a file, row by row from the top left, in the units of <paramref name="Kind"/>.</summary>
internal readonly record struct DecodedImage(float[] Pixels, int Width, int Height, CtValueKind Kind);
