using System.Buffers.Binary;

namespace CovidCtNet.Robustness.Fuzzing;

/// <summary>Changes bytes, lengths, numbers and order of a sound file.</summary>
internal static class Mutator
{
    private static readonly uint[] Interesting =
        [0, 1, 2, 7, 8, 15, 16, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 0x00FFFFFF];

    private static readonly string[] Tokens = ["null", "-1", "1e999", "NaN", "99999999999999999999", "[]", "{}", "\"\"", "true", "0", "\\u0000", "1e-400", "\"é\"", ",", "\n", "\""];

    public static byte[] Mutate(byte[] seed, IReadOnlyList<byte[]> others, Random random)
    {
        var data = (byte[])seed.Clone();
        var times = 1 + (int)Math.Floor(-Math.Log(1 - random.NextDouble()) * 2);
        for (var i = 0; i < Math.Min(times, 12); i++)
        {
            data = Once(data, others, random);
        }

        return data;
    }

    private static byte[] Once(byte[] data, IReadOnlyList<byte[]> others, Random random)
    {
        if (data.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        // Headers decide most: half of the places lie in the first 512 bytes.
        var at = random.Next(2) == 0 ? random.Next(Math.Min(data.Length, 512)) : random.Next(data.Length);
        var size = random.Next(1, Math.Min(data.Length - at, 64) + 1);
        switch (random.Next(12))
        {
            case 0:
                data[at] ^= (byte)(1 << random.Next(8));
                return data;
            case 1:
                data[at] = (byte)Interesting[random.Next(Interesting.Length)];
                return data;
            case 2:
                random.NextBytes(data.AsSpan(at, size));
                return data;
            case 3:
                data.AsSpan(at, size).Fill(random.Next(2) == 0 ? (byte)0 : (byte)0xFF);
                return data;
            case 4:
                return data[..at];
            case 5:
                return [.. data.AsSpan(0, at), .. data.AsSpan(at + size)];
            case 6:
                return [.. data.AsSpan(0, at), .. data.AsSpan(at, size), .. data.AsSpan(at)];
            case 7 when others.Count > 0:
                var other = others[random.Next(others.Count)];
                return other.Length == 0 ? data : [.. data.AsSpan(0, at), .. other.AsSpan(Math.Min(at, random.Next(other.Length)))];
            case 8:
                return [.. data.AsSpan(0, at), .. System.Text.Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]), .. data.AsSpan(random.Next(2) == 0 ? at : at + size)];
            case 9:
                return Repeat(data, at, size, random);
            default:
                WriteNumber(data.AsSpan(at), random);
                return data;
        }
    }

    private static byte[] Repeat(byte[] data, int at, int size, Random random)
    {
        var times = random.Next(2, random.Next(10) == 0 ? 4000 : 20);
        var repeated = new byte[size * times];
        for (var i = 0; i < times; i++)
        {
            data.AsSpan(at, size).CopyTo(repeated.AsSpan(i * size));
        }

        return [.. data.AsSpan(0, at), .. repeated, .. data.AsSpan(at)];
    }

    private static void WriteNumber(Span<byte> target, Random random)
    {
        var value = random.Next(4) == 0 ? (uint)random.NextInt64(uint.MaxValue) : Interesting[random.Next(Interesting.Length)];
        Span<byte> bytes = stackalloc byte[4];
        var width = random.Next(2) == 0 ? 2 : 4;
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, width == 2 ? value << 16 : value);
        }

        bytes[..Math.Min(width, target.Length)].CopyTo(target);
    }
}
