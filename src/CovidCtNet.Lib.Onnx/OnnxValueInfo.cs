using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx;

/// <summary>What a graph declares about one of its tensors.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="ElementType">Element type; <see cref="OnnxElementType.Undefined"/> for a sequence, a map or where nothing is declared.</param>
/// <param name="Shape">Shape, or <see langword="null"/> where nothing is declared.</param>
public sealed record OnnxValueInfo(string Name, OnnxElementType ElementType, OnnxShape? Shape)
{
    internal static OnnxValueInfo From(ValueInfoProto proto)
    {
        var tensor = proto.Type?.TensorType;
        return new(proto.Name, (OnnxElementType)(tensor?.ElemType ?? 0), tensor?.Shape is { } shape ? FromProto(shape) : null);
    }

    internal ValueInfoProto ToProto()
    {
        var proto = new ValueInfoProto { Name = Name };
        if (ElementType != OnnxElementType.Undefined)
        {
            proto.Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)ElementType } };
            if (Shape is not null)
            {
                proto.Type.TensorType.Shape = ToProto(Shape);
            }
        }

        return proto;
    }

    private static OnnxShape FromProto(TensorShapeProto shape)
    {
        var dimensions = new OnnxDimension[shape.Dim.Count];
        for (var i = 0; i < dimensions.Length; i++)
        {
            var dim = shape.Dim[i];
            // Some exporters write -1 or 0 for a free dimension.
            dimensions[i] = dim.HasDimValue && dim.DimValue > 0 ? dim.DimValue
                : dim.HasDimParam && dim.DimParam.Length > 0 ? dim.DimParam
                : OnnxDimension.Unknown;
        }

        return OnnxShape.Create(dimensions);
    }

    private static TensorShapeProto ToProto(OnnxShape shape)
    {
        var proto = new TensorShapeProto();
        foreach (var dimension in shape)
        {
            var dim = new TensorShapeProto.Types.Dimension();
            if (dimension.Value is { } value)
            {
                dim.DimValue = value;
            }
            else if (dimension.Symbol is { } symbol)
            {
                dim.DimParam = symbol;
            }

            proto.Dim.Add(dim);
        }

        return proto;
    }
}
