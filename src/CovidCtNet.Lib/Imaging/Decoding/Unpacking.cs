using System.Globalization;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Unpacks a compressed stream no further than the limit.</summary>
internal static class Unpacking
{
    /// <exception cref="CtImageTooLargeException">There is more than <see cref="CtImageLimits.MaximumUnpackedBytes"/>.</exception>
    /// <exception cref="CtImageCorruptException">The stream cannot be unpacked.</exception>
    public static byte[] ReadAll(Stream stream, CtImageLimits limits, ImageErrors errors)
    {
        var deadline = new Deadline(limits, errors);
        var parts = new List<byte[]>();
        var total = 0L;
        try
        {
            while (true)
            {
                // A part grows with what is there already, so that a volume needs few and a bomb is found early.
                var part = new byte[(int)Math.Clamp(total, 64 * 1024, 16 * 1024 * 1024)];
                var count = stream.ReadAtLeast(part, part.Length, throwOnEndOfStream: false);
                total += count;
                if (total > limits.MaximumUnpackedBytes)
                {
                    throw errors.TooMuch(
                        string.Create(CultureInfo.InvariantCulture, $"unpacks to more than {limits.MaximumUnpackedBytes:N0} bytes, the limit"),
                        nameof(CtImageLimits.MaximumUnpackedBytes));
                }

                parts.Add(count == part.Length ? part : part[..count]);
                if (count < part.Length)
                {
                    return Join(parts, (int)total);
                }

                deadline.Check();
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw errors.Corrupt("its compressed data cannot be unpacked", e);
        }
    }

    private static byte[] Join(List<byte[]> parts, int total)
    {
        var joined = new byte[total];
        var position = 0;
        foreach (var part in parts)
        {
            part.CopyTo(joined, position);
            position += part.Length;
        }

        return joined;
    }
}
