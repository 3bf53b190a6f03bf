using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CovidCtNet.Lib.Training.Tests.Audit;

/// <summary>A NIfTI-1 file of one slice in Hounsfield units, all of one value.</summary>
internal static class SmallNifti
{
    private const int Header = 352;

    public static byte[] OfOneSlice(short width, short height, short value)
    {
        var file = new byte[Header + (2 * width * height)];
        BinaryPrimitives.WriteInt32LittleEndian(file, 348);
        short[] dimensions = [3, width, height, 1, 1, 1, 1, 1];
        float[] spacing = [1, 1, 1, 1, 1, 1, 1, 1];
        MemoryMarshal.AsBytes(dimensions.AsSpan()).CopyTo(file.AsSpan(40));
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(70), 4);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(72), 16);
        MemoryMarshal.AsBytes(spacing.AsSpan()).CopyTo(file.AsSpan(76));
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(108), Header);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(112), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(254), 1);
        MemoryMarshal.AsBytes((ReadOnlySpan<float>)[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]).CopyTo(file.AsSpan(280));
        "n+1"u8.CopyTo(file.AsSpan(344));
        MemoryMarshal.Cast<byte, short>(file.AsSpan(Header)).Fill(value);
        return file;
    }
}
