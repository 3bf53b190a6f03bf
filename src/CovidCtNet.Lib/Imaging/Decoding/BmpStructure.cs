using System.Buffers.Binary;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Checks the headers of a BMP, and that the file is long enough for its rows, before it is decoded.</summary>
internal static class BmpStructure
{
    private const int FileHeaderBytes = 14;
    private const int CoreHeaderBytes = 12;

    /// <summary>Whether what follows the letters "BM" looks like a bitmap, as far as the file goes.</summary>
    public static bool IsBmp(ReadOnlySpan<byte> file)
        => file.Length < FileHeaderBytes + 4
            || BinaryPrimitives.ReadUInt32LittleEndian(file[FileHeaderBytes..]) is CoreHeaderBytes or 40 or 52 or 56 or 64 or 108 or 124;

    public static void Check(ReadOnlySpan<byte> file, CtImageLimits limits, ImageErrors errors)
    {
        if (file.Length < FileHeaderBytes + 4)
        {
            throw errors.Truncated("it ends within its header");
        }

        var headerBytes = (int)BinaryPrimitives.ReadUInt32LittleEndian(file[FileHeaderBytes..]);
        if (file.Length < FileHeaderBytes + headerBytes)
        {
            throw errors.Truncated("it ends within its header");
        }

        var header = file.Slice(FileHeaderBytes, headerBytes);
        var isCore = headerBytes == CoreHeaderBytes;
        long width = isCore ? BinaryPrimitives.ReadUInt16LittleEndian(header[4..]) : BinaryPrimitives.ReadInt32LittleEndian(header[4..]);

        // A negative height means that the rows run from the top down.
        var height = Math.Abs(isCore ? BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) : (long)BinaryPrimitives.ReadInt32LittleEndian(header[8..]));
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(header[(isCore ? 10 : 14)..]);
        var compression = isCore ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        errors.CheckSize(width, height, limits);

        if (compression is not (0 or 1 or 2 or 3) || bits is not (1 or 2 or 4 or 8 or 16 or 24 or 32))
        {
            throw errors.Unsupported($"is a BMP of {bits} bits with compression {compression}");
        }

        long offset = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        if (offset >= file.Length)
        {
            throw errors.Truncated("it ends before its pixels");
        }

        // Rows are padded to four bytes; run-length rows (1 and 2) have no fixed size and are left to the decoder.
        if (compression is 0 or 3 && offset + (((width * bits) + 31) / 32 * 4 * height) > file.Length)
        {
            throw errors.Truncated("it ends before its last row");
        }
    }
}
