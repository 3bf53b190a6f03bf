using System.Security.Cryptography;
using System.Text;
using CovidCtNet.Lib.Onnx.Protos;
using CovidCtNet.Lib.Onnx.Tests.Support;
using Google.Protobuf;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>The identity of the weights: as documented, and independent of everything but the weights.</summary>
public sealed class WeightsHashTests
{
    [Fact]
    public void Hash_IsWhatTheDocumentationSays()
    {
        using var data = new MemoryStream();
        using (var writer = new BinaryWriter(data, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(1);
            writer.Write("w"u8);
            writer.Write(1);
            writer.Write(1);
            writer.Write(2L);
            writer.Write(8L);
            writer.Write(2f);
            writer.Write(-3f);
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data.ToArray())), Samples.Tiny().ComputeWeightsSha256());
    }

    [Fact]
    public void Hash_DependsOnWeightsAlone()
    {
        var graph = Samples.Tiny();
        var hash = graph.ComputeWeightsSha256();
        graph.Metadata["author"] = "someone else";
        graph.AddOutput("product");
        Assert.Equal(hash, graph.ComputeWeightsSha256());

        var other = ModelProto.Parser.ParseFrom(graph.ToArray());
        other.Graph.Initializer[0].RawData = ByteString.CopyFrom([.. BitConverter.GetBytes(2f), .. BitConverter.GetBytes(-3.0000002f)]);
        Assert.NotEqual(hash, Load(other).ComputeWeightsSha256());
    }

    [Fact]
    public void Hash_DoesNotDependOnEncodingOrOrder()
    {
        var raw = new ModelProto { IrVersion = 8, Graph = new GraphProto(), OpsetImport = { new OperatorSetIdProto { Version = 18 } } };
        var typed = raw.Clone();
        Add(raw, typed, "float", OnnxTensor.Create<float>("", [1.5f, -0f, float.NaN], 3), t => t.FloatData.Add([1.5f, -0f, float.NaN]));
        Add(raw, typed, "double", OnnxTensor.Create<double>("", [Math.PI], 1), t => t.DoubleData.Add(Math.PI));
        Add(raw, typed, "half", OnnxTensor.Create<Half>("", [(Half)(-2)], 1), t => t.Int32Data.Add(0xC000));
        Add(raw, typed, "int8", OnnxTensor.Create<sbyte>("", [-5], 1), t => t.Int32Data.Add(-5));
        Add(raw, typed, "uint8", OnnxTensor.Create<byte>("", [250], 1), t => t.Int32Data.Add(250));
        Add(raw, typed, "bool", OnnxTensor.Create<bool>("", [true, false], 2), t => t.Int32Data.Add([1, 0]));
        Add(raw, typed, "int16", OnnxTensor.Create<short>("", [-300], 1), t => t.Int32Data.Add(-300));
        Add(raw, typed, "int32", OnnxTensor.Create<int>("", [int.MinValue], 1), t => t.Int32Data.Add(int.MinValue));
        Add(raw, typed, "int64", OnnxTensor.Create<long>("", [long.MinValue]), t => t.Int64Data.Add(long.MinValue));
        Add(raw, typed, "uint32", OnnxTensor.Create<uint>("", [uint.MaxValue], 1, 1), t => t.Uint64Data.Add(uint.MaxValue));
        Add(raw, typed, "uint64", OnnxTensor.Create<ulong>("", [ulong.MaxValue], 1), t => t.Uint64Data.Add(ulong.MaxValue));
        var reversed = typed.Graph.Initializer.Reverse().ToList();
        typed.Graph.Initializer.Clear();
        typed.Graph.Initializer.AddRange(reversed);

        Assert.Equal(Load(raw).ComputeWeightsSha256(), Load(typed).ComputeWeightsSha256());
    }

    private static void Add(ModelProto raw, ModelProto typed, string name, OnnxTensor tensor, Action<TensorProto> fill)
    {
        tensor.Proto.Name = name;
        raw.Graph.Initializer.Add(tensor.Proto);
        var other = tensor.Proto.Clone();
        other.ClearRawData();
        fill(other);
        typed.Graph.Initializer.Add(other);
    }

    private static OnnxGraph Load(ModelProto model) => OnnxGraph.Load(new MemoryStream(model.ToByteArray()));
}
