using System.Runtime.InteropServices;
using CovidCtNet.Lib.Onnx.Files;
using CovidCtNet.Lib.Onnx.Protos;
using Google.Protobuf;

namespace CovidCtNet.Lib.Onnx;

/// <summary>A constant tensor of a graph: a weight, or the value of an attribute. Row-major.</summary>
public sealed class OnnxTensor
{
    internal OnnxTensor(TensorProto proto) => Proto = proto;

    /// <summary>Name of the tensor; may be empty in an attribute.</summary>
    public string Name => Proto.Name;

    /// <summary>Element type.</summary>
    public OnnxElementType ElementType => (OnnxElementType)Proto.DataType;

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Dimensions => Proto.Dims;

    /// <summary>Shape of the tensor.</summary>
    public OnnxShape Shape => OnnxShape.OfSizes([.. Proto.Dims]);

    /// <summary>Number of elements.</summary>
    public long ElementCount => TensorData.CountElements(Proto);

    internal TensorProto Proto { get; }

    /// <summary>Makes a tensor of values.</summary>
    /// <typeparam name="T">A type with an element type of the format: <see cref="float"/>, <see cref="double"/>, <see cref="Half"/>, <see cref="bool"/>, or an integer of 8 to 64 bits.</typeparam>
    /// <param name="name">Name of the tensor; may be empty.</param>
    /// <param name="values">Elements, row-major.</param>
    /// <param name="dimensions">Sizes; none makes a scalar.</param>
    /// <exception cref="ArgumentException">The sizes do not hold the number of values, or <typeparamref name="T"/> has no element type.</exception>
    public static OnnxTensor Create<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> dimensions)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(name);
        var proto = new TensorProto { Name = name, DataType = (int)TensorData.ElementTypeOf<T>() };
        foreach (var size in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(dimensions));
            proto.Dims.Add(size);
        }

        if (TensorData.CountElements(proto) != values.Length)
        {
            throw new ArgumentException($"Tensor '{name}': {values.Length} values do not fill the shape [{string.Join(", ", proto.Dims)}].", nameof(values));
        }

        proto.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        return new OnnxTensor(proto);
    }

    /// <summary>The elements as 32-bit floats; wider and integer types are converted.</summary>
    /// <exception cref="OnnxException">The element type is not a number of at least 8 bits.</exception>
    public float[] ToSingles() => TensorData.Convert<float>(Proto);

    /// <summary>The elements as 64-bit floats.</summary>
    /// <inheritdoc cref="ToSingles" path="/exception"/>
    public double[] ToDoubles() => TensorData.Convert<double>(Proto);

    /// <summary>The elements as 64-bit integers; fractions are cut off, values out of range are clamped.</summary>
    /// <inheritdoc cref="ToSingles" path="/exception"/>
    public long[] ToIntegers() => TensorData.Convert<long>(Proto);

    /// <summary>The elements as little-endian bytes, whichever way the file holds them. Not for text tensors.</summary>
    /// <exception cref="OnnxException">The tensor holds text.</exception>
    public ReadOnlyMemory<byte> GetBytes() => TensorData.GetBytes(Proto);
}
