using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Tests.Imaging;

/// <summary>Parts, holes and openings of random pictures equal those found pixel by pixel from their definitions.</summary>
public sealed class BinaryMaskTests
{
    public static TheoryData<int, int, double> Pictures()
    {
        var data = new TheoryData<int, int, double>();
        foreach (var (width, height) in ((int, int)[])[(1, 1), (1, 7), (6, 1), (2, 2), (3, 3), (17, 11), (40, 33), (64, 64)])
        {
            foreach (var share in (double[])[0, 0.3, 0.5, 0.6, 0.9, 1])
            {
                data.Add(width, height, share);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Everything_equals_its_definition(int width, int height, double share)
    {
        var random = new Random((width * 100) + height);
        using var mask = new BinaryMask(width, height);
        foreach (ref var bit in mask.Bits)
        {
            bit = random.NextDouble() < share;
        }

        var bits = mask.Bits.ToArray();
        var parts = Parts(bits, width, true);
        using (var largest = mask.LargestPart())
        {
            // The first of the largest in reading order.
            var expected = parts.Count == 0 ? null : parts.First(p => p.Count == parts.Max(q => q.Count));
            Assert.Equal(expected is null ? null : Picture(expected, bits.Length), largest?.Bits.ToArray());
        }

        var least = parts.Count == 0 ? 0 : Math.Max(2, 0.4 * parts.Max(p => p.Count));
        using (var kept = mask.Parts(2, 0.4))
        {
            Assert.Equal(parts.Count == 0 ? null : Picture(parts.Where(p => p.Count >= least).SelectMany(p => p), bits.Length), kept?.Bits.ToArray());
        }

        bool Border(int i) => i % width == 0 || i % width == width - 1 || i / width == 0 || i / width == height - 1;
        using (var holes = mask.Holes())
        {
            Assert.Equal(Picture(Parts(bits, width, false).Where(p => !p.Any(Border)).SelectMany(p => p), bits.Length), holes.Bits.ToArray());
        }

        var eroded = Enumerable.Range(0, bits.Length).Select(i => Cross(bits, i, width, height).All(set => set)).ToArray();
        var opened = Enumerable.Range(0, bits.Length).Select(i => Cross(eroded, i, width, height).Any(set => set)).ToArray();
        using (var found = mask.Opened())
        {
            Assert.Equal(opened, found.Bits.ToArray());
        }

        int[] places = [.. Enumerable.Range(0, bits.Length).Where(i => bits[i])];
        var box = places.Length == 0
            ? default
            : new CtRegion(
                places.Min(i => i % width), places.Min(i => i / width), places.Max(i => i % width) - places.Min(i => i % width) + 1, places.Max(i => i / width) - places.Min(i => i / width) + 1);
        Assert.Equal(box, mask.Bounds());
    }

    // A flood over each pixel's four neighbours, parts in reading order.
    private static List<HashSet<int>> Parts(bool[] bits, int width, bool value)
    {
        List<HashSet<int>> parts = [];
        for (var start = 0; start < bits.Length; start++)
        {
            if (bits[start] != value || parts.Any(p => p.Contains(start)))
            {
                continue;
            }

            HashSet<int> part = [start];
            var waiting = new Queue<int>(part);
            while (waiting.TryDequeue(out var at))
            {
                foreach (var next in Neighbours(at, width, bits.Length / width).Where(n => n >= 0 && bits[n] == value && part.Add(n)))
                {
                    waiting.Enqueue(next);
                }
            }

            parts.Add(part);
        }

        return parts;
    }

    private static IEnumerable<int> Neighbours(int i, int width, int height)
    {
        var (x, y) = (i % width, i / width);
        yield return x > 0 ? i - 1 : -1;
        yield return x < width - 1 ? i + 1 : -1;
        yield return y > 0 ? i - width : -1;
        yield return y < height - 1 ? i + width : -1;
    }

    private static IEnumerable<bool> Cross(bool[] bits, int i, int width, int height) =>
        Neighbours(i, width, height).Select(n => n >= 0 && bits[n]).Prepend(bits[i]);

    private static bool[] Picture(IEnumerable<int> set, int length)
    {
        var bits = new bool[length];
        foreach (var i in set)
        {
            bits[i] = true;
        }

        return bits;
    }
}
