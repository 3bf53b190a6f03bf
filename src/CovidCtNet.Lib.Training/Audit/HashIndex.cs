using System.Numerics;

namespace CovidCtNet.Lib.Training.Audit;

/// <summary>
/// All hashes within a Hamming distance of a given one, without comparing with each: multi-index hashing (Norouzi, Punjani and Fleet,
/// "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012, section 3). Two hashes within distance r agree to within r / 4 in
/// at least one of their four 16-bit parts, and each part has a table.
/// </summary>
internal sealed class HashIndex
{
    private const int Parts = 4;
    private const int PartBits = 64 / Parts;

    private readonly int _radius;
    private readonly int _partRadius;
    private readonly ushort[] _masks;
    private readonly int[][] _starts = new int[Parts][];
    private readonly (ulong Hash, int Item)[][] _entries = new (ulong, int)[Parts][];

    /// <param name="hashes">One hash for each item.</param>
    /// <param name="radius">Largest distance that will be asked for.</param>
    public HashIndex(ReadOnlySpan<ulong> hashes, int radius)
    {
        _radius = radius;
        _partRadius = radius / Parts;
        _masks = [.. Enumerable.Range(0, 1 << PartBits).Where(m => BitOperations.PopCount((uint)m) <= _partRadius).Select(m => (ushort)m)];
        for (var part = 0; part < Parts; part++)
        {
            // A counting sort by the value of the part.
            var starts = new int[(1 << PartBits) + 1];
            foreach (var hash in hashes)
            {
                starts[PartOf(hash, part) + 1]++;
            }

            for (var value = 1; value < starts.Length; value++)
            {
                starts[value] += starts[value - 1];
            }

            var next = starts.AsSpan(0, starts.Length - 1).ToArray();
            var entries = new (ulong, int)[hashes.Length];
            for (var i = 0; i < hashes.Length; i++)
            {
                entries[next[PartOf(hashes[i], part)]++] = (hashes[i], i);
            }

            (_starts[part], _entries[part]) = (starts, entries);
        }
    }

    /// <summary>Collects the items within the radius, each once, in no order.</summary>
    /// <param name="hash">The hash to look for.</param>
    /// <param name="found">Emptied, then filled.</param>
    /// <returns>How many entries were looked at.</returns>
    public int Find(ulong hash, List<int> found)
    {
        found.Clear();
        var looked = 0;
        for (var part = 0; part < Parts; part++)
        {
            var (starts, entries) = (_starts[part], _entries[part]);
            var own = PartOf(hash, part);
            foreach (var mask in _masks)
            {
                var value = own ^ mask;
                var (start, end) = (starts[value], starts[value + 1]);
                looked += end - start;
                for (var e = start; e < end; e++)
                {
                    var difference = entries[e].Hash ^ hash;
                    if (BitOperations.PopCount(difference) <= _radius && !FoundEarlier(difference, part))
                    {
                        found.Add(entries[e].Item);
                    }
                }
            }
        }

        return looked;
    }

    private bool FoundEarlier(ulong difference, int part)
    {
        for (var earlier = 0; earlier < part; earlier++)
        {
            if (BitOperations.PopCount(PartOf(difference, earlier)) <= _partRadius)
            {
                return true;
            }
        }

        return false;
    }

    private static ushort PartOf(ulong hash, int part) => (ushort)(hash >> (part * PartBits));
}
