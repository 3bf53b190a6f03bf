using System.Buffers.Binary;
using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>
/// Reads the elements of a data set up to its pixel data (PS3.5, chapter 7). Every length is checked against what is left of the file;
/// depth and number of elements are limited.
/// </summary>
internal sealed class DicomParser(byte[] data, int end, CtImageLimits limits, ImageErrors errors)
{
    private const uint Undefined = 0xFFFFFFFF;
    private readonly Deadline _deadline = new(limits, errors);
    private int _elements;

    /// <summary>Reads from a position until <paramref name="stop"/>, to the pixel data, or to where <paramref name="while"/> no longer holds.</summary>
    public DicomDataset Read(ref int position, int stop, bool isExplicit, bool bigEndian, Func<DicomTag, bool>? @while = null)
        => ReadSet(ref position, Math.Min(stop, end), isExplicit, bigEndian, 0, untilItemEnd: false, @while);

    private DicomDataset ReadSet(
        ref int position, int stop, bool isExplicit, bool bigEndian, int depth, bool untilItemEnd, Func<DicomTag, bool>? @while = null)
    {
        var set = new DicomDataset(data, bigEndian);
        var first = true;
        while (position < stop)
        {
            if (stop - position < 8)
            {
                // Files copied from tapes and some archives end with a few zero bytes.
                if (depth == 0 && !data.AsSpan(position, stop - position).ContainsAnyExcept((byte)0))
                {
                    position = stop;
                    return set;
                }

                throw errors.Truncated("it ends within an element");
            }

            var tag = ReadTag(position, bigEndian);
            if (@while is not null && !@while(tag))
            {
                return set;
            }

            if (tag == DicomTag.ItemEnd && untilItemEnd)
            {
                position += 8;
                return set;
            }

            if (tag.Group == 0xFFFE)
            {
                throw errors.Corrupt($"a delimiter {tag} stands where an element should");
            }

            // Items written without representations occur within explicit files.
            if (first && isExplicit && depth > 0 && !DicomVr.IsNamed(data[position + 4], data[position + 5]))
            {
                isExplicit = false;
            }

            first = false;
            Count();
            set.Add(ReadElement(tag, ref position, stop, isExplicit, bigEndian, depth));
            if (depth == 0 && tag == DicomTag.PixelData)
            {
                // What follows is padding or a signature.
                return set;
            }
        }

        return untilItemEnd ? throw errors.Truncated("it ends within an item of a sequence") : set;
    }

    private DicomElement ReadElement(DicomTag tag, ref int position, int stop, bool isExplicit, bool bigEndian, int depth)
    {
        var (vr, length) = ReadHeader(tag, ref position, stop, isExplicit, bigEndian);
        if (length == Undefined)
        {
            return ReadUndefined(tag, vr, ref position, stop, isExplicit, bigEndian, depth);
        }

        if (length > (uint)(stop - position))
        {
            throw errors.Truncated($"element {tag} is longer than what is left of the file");
        }

        var start = position;
        position += (int)length;
        if (vr == DicomVr.SQ || (vr is DicomVr.None or DicomVr.UN && tag.IsKnownSequence))
        {
            var items = ReadItemsOrNull(start, position, isExplicit && vr != DicomVr.UN, bigEndian && vr != DicomVr.UN, depth);
            return new DicomElement(tag, vr, start, (int)length) { Items = items };
        }

        return new DicomElement(tag, vr, start, (int)length);
    }

    private DicomElement ReadUndefined(DicomTag tag, ushort vr, ref int position, int stop, bool isExplicit, bool bigEndian, int depth)
    {
        var start = position;
        if (vr is DicomVr.OB or DicomVr.OW || tag == DicomTag.PixelData)
        {
            return new DicomElement(tag, vr, start, 0) { Fragments = ReadFragments(ref position, stop, bigEndian) };
        }

        if (vr is not (DicomVr.SQ or DicomVr.UN or DicomVr.None))
        {
            throw errors.Corrupt($"element {tag} has no length");
        }

        // PS3.5, 6.2.2: a sequence of unknown representation is implicit little endian.
        var items = vr == DicomVr.UN
            ? ReadItems(ref position, stop, isExplicit: false, bigEndian: false, depth, untilSequenceEnd: true)
            : ReadItems(ref position, stop, isExplicit, bigEndian, depth, untilSequenceEnd: true);
        return new DicomElement(tag, vr, start, 0) { Items = items };
    }

    private (ushort Vr, uint Length) ReadHeader(DicomTag tag, ref int position, int stop, bool isExplicit, bool bigEndian)
    {
        if (!isExplicit)
        {
            var implicitLength = ReadUInt32(position + 4, bigEndian);
            position += 8;
            return (DicomVr.None, implicitLength);
        }

        var (first, second) = (data[position + 4], data[position + 5]);
        if (!DicomVr.IsNamed(first, second))
        {
            throw errors.Corrupt($"element {tag} has no value representation");
        }

        var vr = (ushort)((first << 8) | second);
        if (DicomVr.HasShortLength(first, second))
        {
            uint length = bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(position + 6)) : BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(position + 6));
            position += 8;
            return (vr, length);
        }

        if (stop - position < 12)
        {
            throw errors.Truncated("it ends within an element");
        }

        var longLength = ReadUInt32(position + 8, bigEndian);
        position += 12;
        return (vr, longLength);
    }

    /// <summary>A sequence of known length that is damaged is skipped: nothing in it is needed to find what follows.</summary>
    private List<DicomDataset>? ReadItemsOrNull(int start, int stop, bool isExplicit, bool bigEndian, int depth)
    {
        try
        {
            return ReadItems(ref start, stop, isExplicit, bigEndian, depth, untilSequenceEnd: false);
        }
        catch (CtImageException e) when (e is CtImageCorruptException or CtImageTruncatedException)
        {
            return null;
        }
    }

    private List<DicomDataset> ReadItems(ref int position, int stop, bool isExplicit, bool bigEndian, int depth, bool untilSequenceEnd)
    {
        if (depth >= limits.MaximumDepth)
        {
            throw errors.TooMuch($"nests sequences deeper than {limits.MaximumDepth}, the limit", nameof(CtImageLimits.MaximumDepth));
        }

        List<DicomDataset> items = [];
        while (position < stop)
        {
            Count();
            var (tag, length) = ReadItemHeader(ref position, stop, bigEndian);
            if (tag == DicomTag.SequenceEnd)
            {
                return items;
            }

            if (tag != DicomTag.Item)
            {
                throw errors.Corrupt($"{tag} stands where an item of a sequence should");
            }

            if (length == Undefined)
            {
                items.Add(ReadSet(ref position, stop, isExplicit, bigEndian, depth + 1, untilItemEnd: true));
                continue;
            }

            if (length > (uint)(stop - position))
            {
                throw errors.Truncated("an item of a sequence is longer than what is left of it");
            }

            items.Add(ReadSet(ref position, position + (int)length, isExplicit, bigEndian, depth + 1, untilItemEnd: false));
        }

        return untilSequenceEnd ? throw errors.Truncated("it ends within a sequence") : items;
    }

    private List<(int Start, int Length)> ReadFragments(ref int position, int stop, bool bigEndian)
    {
        List<(int, int)> fragments = [];
        while (position < stop)
        {
            Count();
            var (tag, length) = ReadItemHeader(ref position, stop, bigEndian);
            if (tag == DicomTag.SequenceEnd)
            {
                return fragments;
            }

            if (tag != DicomTag.Item)
            {
                throw errors.Corrupt($"{tag} stands where a fragment of the pixel data should");
            }

            if (length > (uint)(stop - position))
            {
                throw errors.Truncated("a fragment of its pixel data is longer than what is left of the file");
            }

            fragments.Add((position, (int)length));
            position += (int)length;
        }

        throw errors.Truncated("it ends within its pixel data");
    }

    private (DicomTag Tag, uint Length) ReadItemHeader(ref int position, int stop, bool bigEndian)
    {
        if (stop - position < 8)
        {
            throw errors.Truncated("it ends within a sequence");
        }

        var header = (ReadTag(position, bigEndian), ReadUInt32(position + 4, bigEndian));
        position += 8;
        return header;
    }

    private DicomTag ReadTag(int position, bool bigEndian)
    {
        var bytes = data.AsSpan(position, 4);
        return bigEndian
            ? new DicomTag(BinaryPrimitives.ReadUInt16BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]))
            : new DicomTag(BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]));
    }

    private uint ReadUInt32(int position, bool bigEndian)
        => bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(position)) : BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(position));

    private void Count()
    {
        if (++_elements > limits.MaximumElements)
        {
            throw errors.TooMuch($"has more than {limits.MaximumElements} elements, the limit", nameof(CtImageLimits.MaximumElements));
        }

        if ((_elements & 0xFFF) == 0)
        {
            _deadline.Check();
        }
    }
}
