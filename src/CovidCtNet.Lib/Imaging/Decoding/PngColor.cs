namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Colour types of PNG, by their number in the file.</summary>
internal enum PngColor : byte
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    Rgba = 6,
}
