using System.Buffers.Binary;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Numbers at fixed places of a header, in its byte order.</summary>
internal readonly ref struct NiftiFields(ReadOnlySpan<byte> bytes, bool bigEndian)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public short Int16(int at) => bigEndian ? BinaryPrimitives.ReadInt16BigEndian(_bytes[at..]) : BinaryPrimitives.ReadInt16LittleEndian(_bytes[at..]);

    public int Int32(int at) => bigEndian ? BinaryPrimitives.ReadInt32BigEndian(_bytes[at..]) : BinaryPrimitives.ReadInt32LittleEndian(_bytes[at..]);

    public long Int64(int at) => bigEndian ? BinaryPrimitives.ReadInt64BigEndian(_bytes[at..]) : BinaryPrimitives.ReadInt64LittleEndian(_bytes[at..]);

    public float Single(int at) => BitConverter.Int32BitsToSingle(Int32(at));

    public double Double(int at) => BitConverter.Int64BitsToDouble(Int64(at));
}
