namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Gray pixels of a file, row by row from the top left, in the units of <paramref name="Kind"/>.</summary>
internal readonly record struct DecodedImage(float[] Pixels, int Width, int Height, CtValueKind Kind)
{
    /// <summary>The gray value of intensity 1, where it is not the largest of 8 or 16 bits.</summary>
    public float? Maximum { get; init; }
}
