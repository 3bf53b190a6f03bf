namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>
/// Gray from colour by ITU-R BT.601 luma in 16-bit fixed point, the arithmetic of Pillow's <c>convert("L")</c>, so that converted and
/// published files of a data set give equal values. The weights add up to 65,536: a gray pixel keeps its value exactly.
/// </summary>
internal static class Luma
{
    private const uint Red = 19595;
    private const uint Green = 38470;
    private const uint Blue = 7471;
    private const uint Half = 0x8000;

    public static uint Of(uint red, uint green, uint blue)
        => (uint)((((ulong)red * Red) + ((ulong)green * Green) + ((ulong)blue * Blue) + Half) >> 16);

    /// <summary>
    /// A partly transparent pixel laid over black. Black is air at the edge of a CT slice; the colour stored under a transparent
    /// pixel is arbitrary and must not reach the network.
    /// </summary>
    public static float OverBlack(uint luma, uint alpha, uint maximum)
        => alpha == maximum ? luma : (float)((double)luma * alpha / maximum);
}
