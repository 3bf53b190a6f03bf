using System.Text;

namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>
/// COCO's run-length coding of masks (Lin et al., "Microsoft COCO", 2014; <c>maskApi.c</c> of the COCO API): counts of pixels outside and
/// inside in turn, column by column, as numbers or as text.
/// </summary>
internal static class RunLength
{
    private const int BitsPerCharacter = 5;
    private const int More = 0x20;
    private const int Sign = 0x10;
    private const int FirstCharacter = '0';

    public static int[] Encode(ReadOnlySpan<bool> mask, int width, int height)
    {
        List<int> counts = [];
        var (inside, run) = (false, 0);
        for (var x = 0; x < width; x++)
        {
            for (var y = 0; y < height; y++)
            {
                if (mask[(y * width) + x] != inside)
                {
                    counts.Add(run);
                    (inside, run) = (!inside, 0);
                }

                run++;
            }
        }

        counts.Add(run);
        return [.. counts];
    }

    public static bool[] Decode(ReadOnlySpan<int> counts, int width, int height)
    {
        var mask = new bool[width * height];
        var at = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var end = at + counts[i];
            for (; at < end; at++)
            {
                mask[(at % height * width) + (at / height)] = (i & 1) != 0;
            }
        }

        return mask;
    }

    public static int Area(ReadOnlySpan<int> counts)
    {
        var area = 0;
        for (var i = 1; i < counts.Length; i += 2)
        {
            area += counts[i];
        }

        return area;
    }

    /// <summary>True where the counts are not negative and cover the picture exactly.</summary>
    public static bool Fits(ReadOnlySpan<int> counts, int width, int height)
    {
        long sum = 0;
        foreach (var count in counts)
        {
            if (count < 0)
            {
                return false;
            }

            sum += count;
        }

        return sum == (long)width * height;
    }

    /// <summary>From the fourth count on, the difference to the count two before; five bits a character, lowest first, from '0' on.</summary>
    public static string ToText(ReadOnlySpan<int> counts)
    {
        var text = new StringBuilder();
        for (var i = 0; i < counts.Length; i++)
        {
            var value = counts[i] - (i > 2 ? counts[i - 2] : 0);
            bool more;
            do
            {
                var character = value & (More - 1);
                value >>= BitsPerCharacter;
                more = (character & Sign) != 0 ? value != -1 : value != 0;
                text.Append((char)(FirstCharacter + (more ? character | More : character)));
            }
            while (more);
        }

        return text.ToString();
    }

    /// <summary>The counts of a text; null where it is no such text.</summary>
    public static int[]? FromText(string text)
    {
        List<int> counts = [];
        for (var at = 0; at < text.Length;)
        {
            var (value, shift) = (0L, 0);
            bool more;
            do
            {
                if (at >= text.Length || shift > 30 || text[at] - FirstCharacter is < 0 or > 63)
                {
                    return null;
                }

                var character = text[at++] - FirstCharacter;
                value |= (long)(character & (More - 1)) << shift;
                shift += BitsPerCharacter;
                more = (character & More) != 0;
                if (!more && (character & Sign) != 0)
                {
                    value |= -1L << shift;
                }
            }
            while (more);

            value += counts.Count > 2 ? counts[^2] : 0;
            if (value is < 0 or > int.MaxValue)
            {
                return null;
            }

            counts.Add((int)value);
        }

        return [.. counts];
    }
}
