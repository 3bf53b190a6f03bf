using SkiaSharp;

namespace CovidCtNet.Lib.Explanation.Pictures;

/// <summary>
/// Text of 5 x 8 dots for a space to a tilde. Servers and containers often have no font at all, and pictures have to look the same
/// everywhere.
/// </summary>
internal static class PixelFont
{
    /// <summary>Columns from one character to the next.</summary>
    public const int Advance = 6;

    /// <summary>Rows of a line.</summary>
    public const int LineHeight = 9;

    private const int GlyphColumns = 5;
    private const int GlyphRows = 8;

    // Five columns for each character from U+0020, the lowest bit at the top.
    private static readonly byte[] Glyphs = Convert.FromHexString(
        "000000000000005F00000007000700147F147F14242A7F2A12231308646236495620500008070300001C2241000041221C002A1C7F1C2A08083E0808" +
        "00807030000808080808000060600020100804023E5149453E00427F400072494949462141494D331814127F1027454545393C4A4949314121110907" +
        "3649494936464949291E0000140000004034000000081422411414141414004122140802015909063E415D594E7C1211127C7F494949363E41414122" +
        "7F4141413E7F494949417F090909013E414151737F0808087F00417F41002040413F017F081422417F404040407F021C027F7F0408107F3E4141413E" +
        "7F090909063E4151215E7F09192946264949493203017F01033F4040403F1F2040201F3F4038403F631408146303047804036159494D43007F414141" +
        "0204081020004141417F04020102044040404040000307080020545478407F284444383844444428384444287F385454541800087E090218A4A49C78" +
        "7F0804047800447D40002040403D007F1028440000417F40007C047804787C080404783844444438FC1824241818242418FC7C080404084854545424" +
        "04043F44243C4040207C1C2040201C3C4030403C44281028444C9090907C4464544C440008364100000077000000413608000201020402");

    /// <summary>Columns that a text takes.</summary>
    public static int Measure(string text, int scale) => text.Length * Advance * scale;

    /// <summary>Draws a text with its top left corner at a point; other characters become question marks.</summary>
    public static void Draw(SKCanvas canvas, string text, int x, int y, int scale, SKColor color)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = false };
        foreach (var character in text)
        {
            var glyph = (character is >= ' ' and <= '~' ? character : '?') - ' ';
            for (var column = 0; column < GlyphColumns; column++)
            {
                for (var row = 0; row < GlyphRows; row++)
                {
                    if ((Glyphs[(glyph * GlyphColumns) + column] >> row & 1) != 0)
                    {
                        canvas.DrawRect(x + (column * scale), y + (row * scale), scale, scale, paint);
                    }
                }
            }

            x += Advance * scale;
        }
    }

    /// <summary>A text cut to a width, its end replaced by two full stops where it is longer.</summary>
    public static string Fit(string text, int width, int scale)
    {
        var room = Math.Max(0, width / (Advance * scale));
        return text.Length <= room ? text : string.Concat(text.AsSpan(0, Math.Max(0, room - 2)), "..");
    }
}
