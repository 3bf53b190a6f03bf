namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>Value representations (PS3.5, 6.2) as two letters in 16 bits; 0 where a file does not name one.</summary>
internal static class DicomVr
{
    public const ushort None = 0;
    public const ushort FD = ('F' << 8) | 'D';
    public const ushort FL = ('F' << 8) | 'L';
    public const ushort OB = ('O' << 8) | 'B';
    public const ushort OW = ('O' << 8) | 'W';
    public const ushort SL = ('S' << 8) | 'L';
    public const ushort SQ = ('S' << 8) | 'Q';
    public const ushort SS = ('S' << 8) | 'S';
    public const ushort UL = ('U' << 8) | 'L';
    public const ushort UN = ('U' << 8) | 'N';
    public const ushort US = ('U' << 8) | 'S';

    private const string ShortForms = "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US";

    public static bool IsNamed(byte first, byte second) => first is >= (byte)'A' and <= (byte)'Z' && second is >= (byte)'A' and <= (byte)'Z';

    /// <summary>
    /// Whether the length has 16 bits. Representations that are not known, as later editions add them, have 32 (PS3.5, 7.1.2).
    /// </summary>
    public static bool HasShortLength(byte first, byte second)
        => ShortForms.Contains($"{(char)first}{(char)second}", StringComparison.Ordinal);
}
