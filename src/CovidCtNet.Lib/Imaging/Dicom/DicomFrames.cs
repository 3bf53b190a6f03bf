using System.Buffers.Binary;
using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>Finds the bytes of one frame among the fragments of encapsulated pixel data (PS3.5, A.4).</summary>
internal static class DicomFrames
{
    public static byte[] Read(DicomDataset set, DicomElement element, int frame, int frames, ImageErrors errors)
    {
        if (element.Fragments is not { Count: > 1 } all)
        {
            throw errors.Corrupt("its compressed pixel data hold no fragment");
        }

        var table = all[0];
        var fragments = all.Skip(1).ToList();

        if (frames == 1)
        {
            return Join(set.Data, fragments);
        }

        if (fragments.Count == frames)
        {
            return Join(set.Data, [fragments[frame]]);
        }

        var offsets = table.Length == frames * 4
            ? Enumerable.Range(0, frames).Select(i => (long)BinaryPrimitives.ReadUInt32LittleEndian(set.Data.AsSpan(table.Start + (i * 4)))).ToArray()
            : throw errors.Corrupt($"its {fragments.Count} fragments cannot be told apart into {frames} frames");

        // Offsets count from the item header of the first fragment.
        var origin = fragments[0].Start - 8L;
        var from = offsets[frame];
        var to = frame + 1 < frames ? offsets[frame + 1] : long.MaxValue;
        var own = fragments.Where(f => f.Start - 8 - origin >= from && f.Start - 8 - origin < to).ToList();
        return own.Count > 0 ? Join(set.Data, own) : throw errors.Corrupt($"its offset table leads to no fragment for frame {frame + 1}");
    }

    private static byte[] Join(byte[] data, IReadOnlyList<(int Start, int Length)> fragments)
    {
        var joined = new byte[fragments.Sum(f => (long)f.Length)];
        var position = 0;
        foreach (var (start, length) in fragments)
        {
            data.AsSpan(start, length).CopyTo(joined.AsSpan(position));
            position += length;
        }

        return joined;
    }
}
