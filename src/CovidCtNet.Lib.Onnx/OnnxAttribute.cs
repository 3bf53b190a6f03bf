using System.Diagnostics.CodeAnalysis;
using CovidCtNet.Lib.Onnx.Protos;
using Google.Protobuf;

namespace CovidCtNet.Lib.Onnx;

/// <summary>A named attribute of a node, made by <c>OnnxAttribute.Of("alpha", 0.5f)</c>.</summary>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "Attribute is the format's word for it.")]
public sealed class OnnxAttribute
{
    private OnnxAttribute(AttributeProto proto) => Proto = proto;

    /// <summary>Name of the attribute.</summary>
    public string Name => Proto.Name;

    internal AttributeProto Proto { get; }

    /// <summary>An integer.</summary>
    public static OnnxAttribute Of(string name, long value) =>
        new(new() { Name = Checked(name), Type = AttributeProto.Types.AttributeType.Int, I = value });

    /// <summary>A 32-bit float.</summary>
    public static OnnxAttribute Of(string name, float value) =>
        new(new() { Name = Checked(name), Type = AttributeProto.Types.AttributeType.Float, F = value });

    /// <summary>A text.</summary>
    public static OnnxAttribute Of(string name, string value) =>
        new(new() { Name = Checked(name), Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) });

    /// <summary>A tensor.</summary>
    public static OnnxAttribute Of(string name, OnnxTensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(new() { Name = Checked(name), Type = AttributeProto.Types.AttributeType.Tensor, T = value.Proto });
    }

    /// <summary>A list of integers.</summary>
    public static OnnxAttribute Of(string name, ReadOnlySpan<long> values)
    {
        var proto = new AttributeProto { Name = Checked(name), Type = AttributeProto.Types.AttributeType.Ints };
        foreach (var value in values)
        {
            proto.Ints.Add(value);
        }

        return new(proto);
    }

    /// <summary>A list of 32-bit floats.</summary>
    public static OnnxAttribute Of(string name, ReadOnlySpan<float> values)
    {
        var proto = new AttributeProto { Name = Checked(name), Type = AttributeProto.Types.AttributeType.Floats };
        foreach (var value in values)
        {
            proto.Floats.Add(value);
        }

        return new(proto);
    }

    private static string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name;
    }
}
