using CovidCtNet.Lib.Onnx.Protos;
using CovidCtNet.Lib.Onnx.Tests.Support;
using Google.Protobuf;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>Every kind of file that cannot be used is refused, with the element at fault and a reason.</summary>
public sealed class GraphRefusalTests
{
    public static TheoryData<string, string?, string> Damages => new()
    {
        { "no graph", null, "not an ONNX model" },
        { "no operator set", null, "states no version" },
        { "two operator sets", null, "more than one version" },
        { "old operator set", null, "uses operator set 10" },
        { "new operator set", null, "uses operator set 22" },
        { "external data", "w", "external_data" },
        { "cycle", "product", "cyclic" },
        { "dangling input", "y", "dangling input" },
        { "dangling output", "z", "no node makes" },
        { "duplicate initializer", "w", "initializer twice" },
        { "duplicate node output", "product", "made twice" },
        { "duplicate input", "x", "input twice" },
        { "duplicate output", "y", "output twice" },
        { "raw data too short", "w", "needs 8 bytes, the file holds 4" },
        { "typed data too long", "w", "needs 2 values, the file holds 3" },
        { "negative size", "w", "negative size" },
        { "overflowing size", "w", "64 bits" },
        { "unknown element type", "w", "element type 99" },
        { "no operator", "y", "no operator" },
        { "empty first output", "y", "leaves out an output that Relu must have" },
        { "empty output of a split", "y", "leaves out an output that Split must have" },
        { "sparse initializer", "s", "sparse" },
        { "constant in an attribute too short", "y", "needs 16 bytes" },
        { "dangling input in a subgraph", "inner", "dangling input" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Damage_IsNamed(string damage, string? element, string reason)
    {
        var model = ModelProto.Parser.ParseFrom(Samples.Tiny().ToArray());
        Damage(model, damage);
        var error = Assert.Throws<OnnxFormatException>(() => OnnxGraph.Load(new MemoryStream(model.ToByteArray()), "bad.onnx"));
        Assert.Equal("bad.onnx", error.File);
        Assert.Equal(element, error.Element);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NotProtobuf_IsRefused()
    {
        Assert.Throws<OnnxFormatException>(() => OnnxGraph.Load(new MemoryStream("\x89PNG\r\n\x1a\n not a model"u8.ToArray()), "a.png"));
        Assert.Throws<OnnxFormatException>(() => OnnxGraph.Load(new MemoryStream([]), "empty.onnx"));
    }

    [Fact]
    public void Limits_AreKept()
    {
        var bytes = Samples.Tiny().ToArray();
        Assert.Contains("MaximumBytes", Refusal(bytes, new OnnxLimits { MaximumBytes = bytes.Length - 1 }), StringComparison.Ordinal);
        Assert.Contains("MaximumNodes", Refusal(bytes, new OnnxLimits { MaximumNodes = 1 }), StringComparison.Ordinal);
        Assert.NotNull(OnnxGraph.Load(new MemoryStream(bytes), limits: new() { MaximumBytes = bytes.Length, MaximumNodes = 2, MaximumInitializers = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxLimits { MaximumNesting = 101 });
    }

    [Fact]
    public void UnseekableStream_KeepsTheByteLimit()
    {
        var bytes = Samples.Tiny().ToArray();
        using var pipe = new System.IO.Compression.GZipStream(new MemoryStream(Compress(bytes)), System.IO.Compression.CompressionMode.Decompress);
        var error = Assert.Throws<OnnxFormatException>(() => OnnxGraph.Load(pipe, "pipe", new() { MaximumBytes = 40 }));
        Assert.Contains("40 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DeepNesting_IsRefused_WithoutOverflowingTheStack()
    {
        // Each level is a graph with a node with an attribute with a graph: fields 1, 5, 6, every one length-delimited.
        byte[] graph = [];
        for (var i = 0; i < 2000; i++)
        {
            graph = Wrap(1, Wrap(5, Wrap(6, graph)));
        }

        byte[] model = [.. new ModelProto { IrVersion = 8 }.ToByteArray(), .. Wrap(7, graph)];
        Assert.Contains("MaximumNesting", Refusal(model, OnnxLimits.Default), StringComparison.Ordinal);
    }

    [Fact]
    public void UnsortedNodes_ArePutInOrder()
    {
        var model = ModelProto.Parser.ParseFrom(Samples.Tiny().ToArray());
        var first = model.Graph.Node[0];
        model.Graph.Node.RemoveAt(0);
        model.Graph.Node.Add(first);
        Assert.Equal(["product", "y"], OnnxGraph.Load(new MemoryStream(model.ToByteArray())).Nodes.Select(n => n.Name));
    }

    [Theory]
    [InlineData("MaxPool")]
    [InlineData("Dropout")]
    [InlineData("LayerNormalization")]
    [InlineData("BatchNormalization")]
    public void EmptyOptionalOutput_IsAccepted(string opType)
    {
        var model = ModelProto.Parser.ParseFrom(Samples.Tiny().ToArray());
        model.Graph.Node[1].OpType = opType;
        model.Graph.Node[1].Output.Add("");
        Assert.Equal(2, OnnxGraph.Load(new MemoryStream(model.ToByteArray())).Nodes[1].Outputs.Count);
    }

    [Fact]
    public void EmptyFirstOutputOfARecurrentNetwork_IsAccepted()
    {
        var model = ModelProto.Parser.ParseFrom(Samples.Tiny().ToArray());
        model.Graph.Node[1] = new NodeProto { Name = "last", OpType = "LSTM", Input = { "product" }, Output = { "", "y" } };
        Assert.Equal("last", OnnxGraph.Load(new MemoryStream(model.ToByteArray())).Nodes[1].Name);
    }

    [Fact]
    public void InputThatIsAnInitializer_IsNoInputToFeed()
    {
        var model = ModelProto.Parser.ParseFrom(Samples.Tiny().ToArray());
        model.Graph.Input.Add(new ValueInfoProto { Name = "w" });
        Assert.Equal(["x"], OnnxGraph.Load(new MemoryStream(model.ToByteArray())).Inputs.Select(i => i.Name));
    }

    private static void Damage(ModelProto model, string damage)
    {
        var graph = model.Graph;
        var weight = graph.Initializer[0];
        switch (damage)
        {
            case "no graph": model.Graph = null; break;
            case "no operator set": model.OpsetImport.Clear(); break;
            case "two operator sets": model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx", Version = 17 }); break;
            case "old operator set": model.OpsetImport[0].Version = 10; break;
            case "new operator set": model.OpsetImport[0].Version = 22; break;
            case "external data":
                weight.ClearRawData();
                weight.DataLocation = TensorProto.Types.DataLocation.External;
                break;
            case "cycle": graph.Node[0].Input[1] = "y"; break;
            case "dangling input": graph.Node[1].Input[0] = "z"; break;
            case "dangling output": graph.Output[0].Name = "z"; break;
            case "duplicate initializer": graph.Initializer.Add(weight.Clone()); break;
            case "duplicate node output": graph.Node.Add(graph.Node[0].Clone()); break;
            case "duplicate input": graph.Input.Add(graph.Input[0].Clone()); break;
            case "duplicate output": graph.Output.Add(graph.Output[0].Clone()); break;
            case "raw data too short": weight.RawData = ByteString.CopyFrom(1, 2, 3, 4); break;
            case "typed data too long":
                weight.ClearRawData();
                weight.FloatData.Add([1f, 2f, 3f]);
                break;
            case "negative size": weight.Dims[0] = -2; break;
            case "overflowing size": weight.Dims.Add([long.MaxValue, 4]); break;
            case "unknown element type": weight.DataType = 99; break;
            case "no operator": graph.Node[1].OpType = ""; break;
            case "empty first output": graph.Node[1] = new NodeProto { Name = "y", OpType = "Relu", Input = { "product" }, Output = { "", "y" } }; break;
            case "empty output of a split": graph.Node[1] = new NodeProto { Name = "y", OpType = "Split", Input = { "product" }, Output = { "y", "" } }; break;
            case "sparse initializer": graph.SparseInitializer.Add(new SparseTensorProto { Values = new TensorProto { Name = "s" } }); break;
            case "constant in an attribute too short":
                graph.Node[1].Attribute.Add(new AttributeProto { Name = "value", T = new TensorProto { DataType = 11, Dims = { 2 }, RawData = ByteString.CopyFrom(1) } });
                break;
            case "dangling input in a subgraph":
                var inner = new GraphProto { Node = { new NodeProto { Name = "inner", OpType = "Relu", Input = { "nowhere" }, Output = { "r" } } } };
                graph.Node[1].Attribute.Add(new AttributeProto { Name = "then_branch", G = inner });
                break;
            default: throw new ArgumentOutOfRangeException(nameof(damage), damage);
        }
    }

    private static string Refusal(byte[] bytes, OnnxLimits limits) =>
        Assert.Throws<OnnxFormatException>(() => OnnxGraph.Load(new MemoryStream(bytes), "limit.onnx", limits)).Message;

    private static byte[] Wrap(int field, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content));
        }

        return stream.ToArray();
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionMode.Compress))
        {
            zip.Write(bytes);
        }

        return stream.ToArray();
    }
}
