using System.IO.Compression;
using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>A parsed file: its data set and how it is encoded. Part 10 files and bare data sets (PS3.10, chapter 7).</summary>
internal sealed record DicomContent(DicomDataset Dataset, DicomTransferSyntax Syntax)
{
    private const int PreambleLength = 128;

    /// <summary>Whether the bytes are DICOM: a Part 10 signature, or a data set that begins with group 0002 or 0008.</summary>
    public static bool IsDicom(ReadOnlySpan<byte> file) => HasSignature(file) || GuessBare(file) is not null;

    public static bool HasSignature(ReadOnlySpan<byte> file)
        => file.Length >= PreambleLength + 4 && file.Slice(PreambleLength, 4).SequenceEqual("DICM"u8);

    public static DicomContent Parse(byte[] data, int length, CtImageLimits limits, ImageErrors errors)
    {
        var file = data.AsSpan(0, length);
        var parser = new DicomParser(data, length, limits, errors);
        var position = 0;
        DicomTransferSyntax? syntax = null;
        if (HasSignature(file))
        {
            position = PreambleLength + 4;
            syntax = ReadMeta(parser, ref position, length, errors);
        }
        else if (file.Length >= 4 && file[..2].SequenceEqual((ReadOnlySpan<byte>)[0x02, 0x00]))
        {
            syntax = ReadMeta(parser, ref position, length, errors);
        }

        syntax ??= GuessBare(file[position..]) ?? throw errors.Corrupt("its transfer syntax is not named and cannot be told from its data");
        if (!syntax.IsDeflated)
        {
            return new DicomContent(parser.Read(ref position, length, syntax.IsExplicit, syntax.IsBigEndian), syntax);
        }

        var unpacked = Inflate(data, position, length - position, limits, errors);
        position = 0;
        var inner = new DicomParser(unpacked, unpacked.Length, limits, errors);
        return new DicomContent(inner.Read(ref position, unpacked.Length, isExplicit: true, bigEndian: false), syntax);
    }

    /// <summary>The file meta information: explicit little endian whatever follows. Null where it names no transfer syntax.</summary>
    private static DicomTransferSyntax? ReadMeta(DicomParser parser, ref int position, int length, ImageErrors errors)
    {
        var meta = parser.Read(ref position, length, isExplicit: true, bigEndian: false, tag => tag.Group == 0x0002);
        if (position >= length)
        {
            throw errors.Truncated("it ends after its file meta information");
        }

        return meta.Text(DicomTag.TransferSyntaxUid) is { } uid ? DicomTransferSyntax.Of(uid) : null;
    }

    /// <summary>Tells the encoding of a data set by its first element: group 0008, a representation or a small length.</summary>
    private static DicomTransferSyntax? GuessBare(ReadOnlySpan<byte> set)
    {
        if (set.Length < 8)
        {
            return null;
        }

        var littleGroup = set[0] | (set[1] << 8);
        var bigGroup = (set[0] << 8) | set[1];
        var named = DicomVr.IsNamed(set[4], set[5]);
        if (littleGroup is 0x0002 or 0x0008 && set[3] == 0)
        {
            var length = (uint)(set[4] | (set[5] << 8) | (set[6] << 16) | (set[7] << 24));
            return named
                ? DicomTransferSyntax.Of(DicomTransferSyntax.ExplicitLittleEndianUid)
                : littleGroup == 0x0008 && length <= 1024 ? DicomTransferSyntax.Of(DicomTransferSyntax.ImplicitLittleEndianUid) : null;
        }

        return bigGroup == 0x0008 && set[2] == 0 && named ? DicomTransferSyntax.Of("1.2.840.10008.1.2.2") : null;
    }

    private static byte[] Inflate(byte[] data, int start, int count, CtImageLimits limits, ImageErrors errors)
    {
        using var source = new MemoryStream(data, start, count, writable: false);
        using var deflate = new DeflateStream(source, CompressionMode.Decompress);
        return Unpacking.ReadAll(deflate, limits, errors);
    }
}
