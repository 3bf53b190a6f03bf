using System.Numerics;
using System.Runtime.InteropServices;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Samples of 8 bits as numbers.</summary>
internal static class GrayBytes
{
    /// <summary>Writes each byte as a float.</summary>
    /// <param name="samples">The bytes.</param>
    /// <param name="target">As many floats, at least.</param>
    public static void ToSingle(ReadOnlySpan<byte> samples, Span<float> target)
    {
        target = target[..samples.Length];
        ref var from = ref MemoryMarshal.GetReference(samples);
        ref var to = ref MemoryMarshal.GetReference(target);
        var x = 0;
        for (; x <= samples.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref from, (nuint)x), out var low, out var high);
            Store(low, ref to, (nuint)x);
            Store(high, ref to, (nuint)(x + Vector<ushort>.Count));
        }

        for (; x < samples.Length; x++)
        {
            target[x] = samples[x];
        }
    }

    private static void Store(Vector<ushort> values, ref float to, nuint at)
    {
        Vector.Widen(values, out var low, out var high);
        Vector.ConvertToSingle(Vector.AsVectorInt32(low)).StoreUnsafe(ref to, at);
        Vector.ConvertToSingle(Vector.AsVectorInt32(high)).StoreUnsafe(ref to, at + (nuint)Vector<float>.Count);
    }
}
