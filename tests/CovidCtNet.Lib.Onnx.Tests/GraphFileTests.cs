using CovidCtNet.Lib.Onnx.Protos;
using CovidCtNet.Lib.Onnx.Tests.Support;
using Google.Protobuf;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>Loading and saving: nothing is lost, nothing half-written is left, damaged files are refused.</summary>
public sealed class GraphFileTests
{
    [Fact]
    public void RoundTrip_KeepsEverything_UnknownFieldsIncluded()
    {
        var bytes = AppendField(Samples.Tiny().ToArray(), field: 25, [1, 2, 3]);
        var model = ModelProto.Parser.ParseFrom(bytes);
        // Field 14 of a graph is the quantisation annotation and field 9 of a node its metadata: neither is in the message subset.
        model.Graph.MergeFrom(AppendField([], 14, "scale"u8.ToArray()));
        model.Graph.Node[0].MergeFrom(AppendField([], 9, "note"u8.ToArray()));
        var original = model.ToByteArray();

        var saved = Load(original).ToArray();

        Assert.Equal(original.Length, saved.Length);
        Assert.Equal(ModelProto.Parser.ParseFrom(original), ModelProto.Parser.ParseFrom(saved));
        Assert.True(Contains(saved, "scale"u8) && Contains(saved, "note"u8) && Contains(saved, [1, 2, 3]));
    }

    [Fact]
    public void EveryTruncation_IsRefused()
    {
        // A second operator set must not stand in for the standard one.
        var model = ModelProto.Parser.ParseFrom(Samples.Tiny().ToArray());
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.example", Version = 1 });
        var bytes = Load(model.ToByteArray()).ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            var error = Assert.Throws<OnnxFormatException>(() => Load(bytes[..length]));
            Assert.Equal("test.onnx", error.File);
        }
    }

    [Fact]
    public void EveryFlippedByte_LoadsOrIsRefusedByType()
    {
        // Any other exception than the typed one (a crash, an index error) fails the test.
        var bytes = Samples.Tiny().ToArray();
        var refused = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            foreach (var mask in new byte[] { 0xFF, 0x01, 0x80 })
            {
                var damaged = (byte[])bytes.Clone();
                damaged[i] ^= mask;
                refused += Record.Exception(() => Load(damaged)) switch { null => 0, OnnxFormatException => 1, var e => throw e };
            }
        }

        Assert.InRange(refused, bytes.Length, bytes.Length * 3);
    }

    [Fact]
    public void Save_ReplacesTheFile_AndLeavesNoTemporary()
    {
        var folder = Directory.CreateTempSubdirectory("onnx");
        try
        {
            var path = Path.Combine(folder.FullName, "model.onnx");
            File.WriteAllText(path, "old");
            Samples.Tiny().Save(path);

            Assert.Equal([path], Directory.GetFiles(folder.FullName));
            var loaded = OnnxGraph.Load(path);
            Assert.Equal("test", loaded.Metadata["author"]);
            Assert.Equal(path, loaded.FileName);
            Assert.Equal(Samples.Tiny().ToArray(), File.ReadAllBytes(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void FailedSave_LeavesTheOldFile()
    {
        var folder = Directory.CreateTempSubdirectory("onnx");
        try
        {
            // The target is a folder: the move fails after the temporary file was written.
            var path = Directory.CreateDirectory(Path.Combine(folder.FullName, "model.onnx")).FullName;
            Assert.ThrowsAny<Exception>(() => Samples.Tiny().Save(path));
            Assert.Empty(Directory.GetFiles(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void StreamAndArray_AreTheSame_AndTheStreamStaysOpen()
    {
        using var stream = new MemoryStream();
        Samples.Tiny().Save(stream);
        Assert.Equal(Samples.Tiny().ToArray(), stream.ToArray());
        stream.Position = 0;
        Assert.Equal(2, OnnxGraph.Load(stream).Nodes.Count);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void Metadata_IsADictionaryOverTheFile()
    {
        var graph = Samples.Tiny();
        graph.Metadata.Add("threshold", "0.5");
        graph.Metadata["threshold"] = "0.25";
        Assert.Throws<ArgumentException>(() => graph.Metadata.Add("threshold", "1"));
        Assert.True(graph.Metadata.Remove("author"));
        Assert.False(graph.Metadata.Remove("author"));

        var loaded = Load(graph.ToArray());
        Assert.Equal([KeyValuePair.Create("threshold", "0.25")], loaded.Metadata);
        Assert.False(loaded.Metadata.TryGetValue("author", out _));
        Assert.Throws<KeyNotFoundException>(() => loaded.Metadata["author"]);
    }

    [Fact]
    public void Description_IsReadFromTheFile()
    {
        var graph = Load(Samples.Tiny().ToArray());
        Assert.Equal((18, 8L, "tiny"), (graph.OpsetVersion, graph.IrVersion, graph.Name));
        Assert.Equal([new OnnxValueInfo("x", OnnxElementType.Float32, ["N", 2])], graph.Inputs);
        Assert.Equal([new OnnxValueInfo("y", OnnxElementType.Float32, ["N", 2])], graph.Outputs);
        Assert.Equal(["product", "y"], graph.Nodes.Select(n => n.Name));
        Assert.Equal([2f, -3f], graph.FindInitializer("w")!.ToSingles());
        Assert.Null(graph.FindInitializer("x"));
        Assert.True(graph.HasTensor("product"));
        Assert.False(graph.HasTensor("Mul"));
    }

    [Fact]
    public void Clone_SharesNothing()
    {
        var graph = Samples.Tiny();
        var clone = graph.Clone();
        clone.Metadata["author"] = "someone";
        clone.AddOutput("product");
        Assert.Equal("test", graph.Metadata["author"]);
        Assert.Single(graph.Outputs);
    }

    [Fact]
    public void KeepOutputs_RemovesWhatServedTheOthers()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 2]);
        var shared = builder.Mul(x, builder.Initializer<float>("w", [2f, -3f], 2), "shared");
        var y = builder.Relu(shared, "y");
        var graph = builder.Build(y, builder.Add(y, builder.Initializer<float>("one", [1f], 1), "z"), builder.Identity(shared, "s"));

        graph.KeepOutputs("s", "y");

        Assert.Equal(["s", "y"], graph.Outputs.Select(o => o.Name));
        Assert.Equal(["shared", "y", "s"], graph.Nodes.Select(n => n.Name));
        Assert.Equal(["w"], graph.Initializers.Select(i => i.Name));
        var results = Runtime.Run(Load(graph.ToArray()), ("x", [1, 1], [1, 2]));
        Assert.Equal([2, -3], results["s"].Values);
        Assert.Equal([2, 0], results["y"].Values);
        Assert.Contains("Its outputs are: s, y", Assert.Throws<OnnxException>(() => graph.KeepOutputs("z")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => graph.KeepOutputs([]));
    }

    private static OnnxGraph Load(byte[] bytes) => OnnxGraph.Load(new MemoryStream(bytes), "test.onnx");

    private static byte[] AppendField(byte[] message, int field, byte[] content)
    {
        using var stream = new MemoryStream();
        stream.Write(message);
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content));
        }

        return stream.ToArray();
    }

    private static bool Contains(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part) >= 0;
}
