using System.Numerics;
using System.Runtime.InteropServices;
using CovidCtNet.Lib.Onnx.Protos;
using Google.Protobuf.Collections;

namespace CovidCtNet.Lib.Onnx.Files;

/// <summary>Reads tensor elements out of either encoding of the format: <c>raw_data</c>, or the field of the type.</summary>
internal static class TensorData
{
    public static OnnxElementType ElementTypeOf<T>()
        where T : unmanaged => default(T) switch
        {
            float => OnnxElementType.Float32,
            double => OnnxElementType.Float64,
            Half => OnnxElementType.Float16,
            bool => OnnxElementType.Bool,
            byte => OnnxElementType.UInt8,
            sbyte => OnnxElementType.Int8,
            ushort => OnnxElementType.UInt16,
            short => OnnxElementType.Int16,
            uint => OnnxElementType.UInt32,
            int => OnnxElementType.Int32,
            ulong => OnnxElementType.UInt64,
            long => OnnxElementType.Int64,
            _ => throw new ArgumentException($"{typeof(T)} has no ONNX element type."),
        };

    /// <summary>Bits of one element; 0 for text and unknown types.</summary>
    public static int BitsOf(OnnxElementType type) => type switch
    {
        OnnxElementType.Complex128 => 128,
        OnnxElementType.Float64 or OnnxElementType.Int64 or OnnxElementType.UInt64 or OnnxElementType.Complex64 => 64,
        OnnxElementType.Float32 or OnnxElementType.Int32 or OnnxElementType.UInt32 => 32,
        OnnxElementType.Float16 or OnnxElementType.BFloat16 or OnnxElementType.Int16 or OnnxElementType.UInt16 => 16,
        OnnxElementType.UInt4 or OnnxElementType.Int4 => 4,
        OnnxElementType.Undefined or OnnxElementType.Utf8 => 0,
        _ => Enum.IsDefined(type) ? 8 : 0,
    };

    /// <summary>Number of elements.</summary>
    /// <exception cref="OverflowException">It does not fit 64 bits.</exception>
    public static long CountElements(TensorProto tensor)
    {
        long count = 1;
        foreach (var size in tensor.Dims)
        {
            count = checked(count * size);
        }

        return count;
    }

    /// <summary>Why the data of the tensor cannot be used, or null where it can.</summary>
    public static string? FindFault(TensorProto tensor)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.ExternalData.Count > 0)
        {
            return "its data lies in another file (external_data); save the model as a single file";
        }

        if (tensor.Segment is not null)
        {
            return "it is stored in segments, which no tool writes any more; save the model again with a current one";
        }

        var type = (OnnxElementType)tensor.DataType;
        if (type == OnnxElementType.Undefined || !Enum.IsDefined(type))
        {
            return $"element type {tensor.DataType} is unknown";
        }

        if (tensor.Dims.Any(d => d < 0))
        {
            return $"shape [{string.Join(", ", tensor.Dims)}] has a negative size";
        }

        long count, bytes;
        try
        {
            count = CountElements(tensor);
            bytes = checked(((count * BitsOf(type)) + 7) / 8);
        }
        catch (OverflowException)
        {
            return $"shape [{string.Join(", ", tensor.Dims)}] has more elements than 64 bits can count";
        }

        var (present, expected, unit) = type == OnnxElementType.Utf8 ? (tensor.StringData.Count, count, "strings")
            : tensor.HasRawData ? (tensor.RawData.Length, bytes, "bytes")
            : (TypedCount(tensor, type), ExpectedTypedCount(type, count), "values");
        return present == expected ? null
            : $"shape [{string.Join(", ", tensor.Dims)}] of {type} needs {expected} {unit}, the file holds {present}; the file is damaged";
    }

    public static ReadOnlyMemory<byte> GetBytes(TensorProto tensor)
    {
        var type = (OnnxElementType)tensor.DataType;
        if (type == OnnxElementType.Utf8)
        {
            throw new OnnxException($"Tensor '{tensor.Name}' holds text, which has no fixed-size elements.");
        }

        if (tensor.HasRawData)
        {
            return tensor.RawData.Memory;
        }

        return type switch
        {
            OnnxElementType.Float32 or OnnxElementType.Complex64 => Encode<float, float>(tensor.FloatData),
            OnnxElementType.Float64 or OnnxElementType.Complex128 => Encode<double, double>(tensor.DoubleData),
            OnnxElementType.Int64 => Encode<long, long>(tensor.Int64Data),
            OnnxElementType.UInt64 => Encode<ulong, ulong>(tensor.Uint64Data),
            OnnxElementType.UInt32 => Encode<ulong, uint>(tensor.Uint64Data),
            OnnxElementType.Int32 => Encode<int, int>(tensor.Int32Data),
            _ when BitsOf(type) == 16 => Encode<int, ushort>(tensor.Int32Data),
            _ => Encode<int, byte>(tensor.Int32Data),
        };
    }

    public static T[] Convert<T>(TensorProto tensor)
        where T : unmanaged, INumber<T>
    {
        var bytes = GetBytes(tensor).Span;
        return (OnnxElementType)tensor.DataType switch
        {
            OnnxElementType.Float32 => Cast<float, T>(bytes),
            OnnxElementType.Float64 => Cast<double, T>(bytes),
            OnnxElementType.Float16 => Cast<Half, T>(bytes),
            OnnxElementType.BFloat16 => Cast<BFloat16Bits, T>(bytes, b => T.CreateSaturating(BitConverter.UInt32BitsToSingle((uint)b.Bits << 16))),
            OnnxElementType.UInt8 => Cast<byte, T>(bytes),
            OnnxElementType.Int8 => Cast<sbyte, T>(bytes),
            OnnxElementType.UInt16 => Cast<ushort, T>(bytes),
            OnnxElementType.Int16 => Cast<short, T>(bytes),
            OnnxElementType.UInt32 => Cast<uint, T>(bytes),
            OnnxElementType.Int32 => Cast<int, T>(bytes),
            OnnxElementType.UInt64 => Cast<ulong, T>(bytes),
            OnnxElementType.Int64 => Cast<long, T>(bytes),
            OnnxElementType.Bool => Cast<byte, T>(bytes, b => b == 0 ? T.Zero : T.One),
            var other => throw new OnnxException($"Tensor '{tensor.Name}' of type {other} cannot be read as {typeof(T).Name}."),
        };
    }

    private static T[] Cast<TSource, T>(ReadOnlySpan<byte> bytes)
        where TSource : unmanaged, INumber<TSource>
        where T : unmanaged, INumber<T>
    {
        if (typeof(TSource) == typeof(T))
        {
            return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
        }

        return Cast<TSource, T>(bytes, T.CreateSaturating);
    }

    private static T[] Cast<TSource, T>(ReadOnlySpan<byte> bytes, Func<TSource, T> convert)
        where TSource : unmanaged
    {
        var source = MemoryMarshal.Cast<byte, TSource>(bytes);
        var result = new T[source.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = convert(source[i]);
        }

        return result;
    }

    private static byte[] Encode<TField, TElement>(RepeatedField<TField> field)
        where TField : unmanaged, INumber<TField>
        where TElement : unmanaged, INumber<TElement>
    {
        var elements = new TElement[field.Count];
        for (var i = 0; i < elements.Length; i++)
        {
            // Truncating: an int32 field holds the bits of a narrower or unsigned type.
            elements[i] = TElement.CreateTruncating(field[i]);
        }

        return MemoryMarshal.AsBytes<TElement>(elements).ToArray();
    }

    private static int TypedCount(TensorProto tensor, OnnxElementType type) => type switch
    {
        OnnxElementType.Float32 or OnnxElementType.Complex64 => tensor.FloatData.Count,
        OnnxElementType.Float64 or OnnxElementType.Complex128 => tensor.DoubleData.Count,
        OnnxElementType.Int64 => tensor.Int64Data.Count,
        OnnxElementType.UInt64 or OnnxElementType.UInt32 => tensor.Uint64Data.Count,
        _ => tensor.Int32Data.Count,
    };

    private static long ExpectedTypedCount(OnnxElementType type, long count) => type switch
    {
        OnnxElementType.Complex64 or OnnxElementType.Complex128 => checked(count * 2),
        OnnxElementType.UInt4 or OnnxElementType.Int4 => (count + 1) / 2,
        _ => count,
    };

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct BFloat16Bits
    {
        public readonly ushort Bits;
    }
}
