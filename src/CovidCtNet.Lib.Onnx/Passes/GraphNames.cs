using System.Runtime.InteropServices;
using CovidCtNet.Lib.Onnx.Files;
using CovidCtNet.Lib.Onnx.Protos;
using Google.Protobuf;

namespace CovidCtNet.Lib.Onnx;

/// <summary>Adds weights under names that are free.</summary>
internal sealed class GraphNames
{
    private readonly GraphProto _graph;
    private readonly HashSet<string> _taken;

    public GraphNames(GraphProto graph)
    {
        _graph = graph;
        _taken = graph.Node.SelectMany(n => n.Output.Append(n.Name))
            .Concat(graph.Initializer.Select(i => i.Name))
            .Concat(graph.Input.Select(i => i.Name))
            .ToHashSet(StringComparer.Ordinal);
    }

    public string Claim(string wanted)
    {
        var name = wanted;
        for (var i = 1; !_taken.Add(name); i++)
        {
            name = $"{wanted}_{i}";
        }

        return name;
    }

    public string Add<T>(string wanted, ReadOnlySpan<T> values, params ReadOnlySpan<long> dimensions)
        where T : unmanaged
    {
        var tensor = new TensorProto
        {
            Name = Claim(wanted),
            DataType = (int)TensorData.ElementTypeOf<T>(),
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)),
        };
        foreach (var size in dimensions)
        {
            tensor.Dims.Add(size);
        }

        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }
}
