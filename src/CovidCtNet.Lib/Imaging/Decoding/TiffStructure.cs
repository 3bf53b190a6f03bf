using System.Buffers.Binary;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>
/// Walks the directories of a TIFF before LibTiff.NET reads them: that library takes memory for as many values as an entry names, and
/// the file may not hold them.
/// </summary>
internal static class TiffStructure
{
    private const int ClassicEntry = 12;
    private const int BigEntry = 20;

    public static void Check(ReadOnlySpan<byte> file, CtImageLimits limits, ImageErrors errors)
    {
        var bigEndian = file[0] == 'M';
        var isBig = file[bigEndian ? 3 : 2] == 43;
        var seen = new HashSet<ulong>();
        var at = ReadNumber(file, isBig ? 8u : 4u, isBig ? 8 : 4, bigEndian, errors);
        var first = true;
        while (at != 0)
        {
            if (!seen.Add(at))
            {
                throw errors.Corrupt("its directories lead back to one another");
            }

            if (seen.Count > limits.MaximumSlices)
            {
                throw errors.TooMuch($"has more than {limits.MaximumSlices} pages, the limit", nameof(CtImageLimits.MaximumSlices));
            }

            at = CheckDirectory(file, at, isBig, bigEndian, errors);
            first = false;
        }

        if (first)
        {
            throw errors.Corrupt("it has no directory");
        }
    }

    /// <returns>Where the next directory begins; 0 if there is none.</returns>
    private static ulong CheckDirectory(ReadOnlySpan<byte> file, ulong at, bool isBig, bool bigEndian, ImageErrors errors)
    {
        var countSize = isBig ? 8 : 2;
        var entrySize = (ulong)(isBig ? BigEntry : ClassicEntry);
        var count = ReadNumber(file, at, countSize, bigEndian, errors);
        var entries = at + (ulong)countSize;
        if (count > (ulong)file.Length / entrySize)
        {
            throw errors.Truncated("a directory has more entries than the file could hold");
        }

        var page = new TiffPlan();
        for (ulong i = 0; i < count; i++)
        {
            var entry = entries + (i * entrySize);
            CheckEntry(file, entry, isBig, bigEndian, errors);
            var tag = (ushort)ReadNumber(file, entry, 2, bigEndian, errors);
            var size = ReadNumber(file, entry + 2, 2, bigEndian, errors) == 3 ? 2 : 4;
            if (!page.Set(tag, ReadNumber(file, entry + (isBig ? 12UL : 8UL), size, bigEndian, errors)))
            {
                throw errors.Corrupt("a directory has an entry twice");
            }
        }

        // A strip or tile has a byte at least.
        if (page.Parts > (ulong)file.Length)
        {
            throw errors.Truncated("a page has more strips or tiles than the file could hold");
        }

        return ReadNumber(file, entries + (count * entrySize), isBig ? 8 : 4, bigEndian, errors);
    }

    private static void CheckEntry(ReadOnlySpan<byte> file, ulong at, bool isBig, bool bigEndian, ImageErrors errors)
    {
        var type = ReadNumber(file, at + 2, 2, bigEndian, errors);
        var values = ReadNumber(file, at + 4, isBig ? 8 : 4, bigEndian, errors);
        var size = type switch
        {
            3 or 8 => 2UL,
            4 or 9 or 11 or 13 => 4UL,
            5 or 10 or 12 or 16 or 17 or 18 => 8UL,
            _ => 1UL,
        };
        if (values > (ulong)file.Length / size)
        {
            throw errors.Truncated("an entry of a directory names more values than the file could hold");
        }

        var inline = isBig ? 8UL : 4UL;
        if (values * size <= inline)
        {
            ReadNumber(file, at + (isBig ? 12UL : 8UL), (int)inline, bigEndian, errors);
            return;
        }

        var offset = ReadNumber(file, at + (isBig ? 12UL : 8UL), (int)inline, bigEndian, errors);
        if (offset > (ulong)file.Length || values * size > (ulong)file.Length - offset)
        {
            throw errors.Truncated("an entry of a directory lies beyond the end of the file");
        }
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> file, ulong at, int size, bool bigEndian, ImageErrors errors)
    {
        if (at > (ulong)file.Length || (ulong)size > (ulong)file.Length - at)
        {
            throw errors.Truncated("a directory lies beyond the end of the file");
        }

        var bytes = file.Slice((int)at, size);
        return size switch
        {
            2 => bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        };
    }
}
