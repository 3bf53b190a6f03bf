namespace CovidCtNet.Lib.Onnx;

/// <summary>A tensor inside an <see cref="OnnxGraphBuilder"/>: its name, element type and shape.</summary>
public sealed class OnnxValue
{
    private readonly OnnxShape? _shape;
    private readonly string? _whyUnknown;

    internal OnnxValue(OnnxGraphBuilder owner, string name, OnnxElementType elementType, OnnxShape? shape, string? whyUnknown)
    {
        Owner = owner;
        Name = name;
        ElementType = elementType;
        _shape = shape;
        _whyUnknown = whyUnknown;
    }

    /// <summary>Name of the tensor in the graph.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public OnnxElementType ElementType { get; }

    /// <summary>True where the shape is known, the rank at least.</summary>
    public bool HasShape => _shape is not null;

    /// <summary>Shape; the batch may be symbolic.</summary>
    /// <exception cref="OnnxException">The shape is not known (<see cref="HasShape"/>).</exception>
    public OnnxShape Shape => _shape ?? throw new OnnxException($"The shape of tensor '{Name}' is not known: {_whyUnknown}.");

    internal OnnxGraphBuilder Owner { get; }

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name}: {ElementType} {_shape?.ToString() ?? "(shape unknown)"}";
}
