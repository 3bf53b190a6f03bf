using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Runs;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Tests.Export;

public sealed class OnnxImporterTests
{
    public OnnxImporterTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(NetworkFamily.ResidualAttention, true)]
    [InlineData(NetworkFamily.ResidualAttention, false)]
    [InlineData(NetworkFamily.SmallConvolutional, false)]
    public void Every_weight_comes_back(NetworkFamily family, bool attention)
    {
        var options = new NetworkOptions { Family = family, Attention = attention, Width = 0.0625, InputHeight = 64, InputWidth = 64, Head = ClassifierHead.TwoClass, StandardizeInput = attention };
        using var network = Drawn(options);
        using var other = CtNetwork.Create(options with { InputHeight = 80, InputWidth = 80 }, seed: 9);

        OnnxImporter.Restore(OnnxExporter.ToPredictGraph(network), other);

        var (expected, actual) = (network.state_dict(), other.state_dict());
        Assert.All(expected.Where(p => p.Value.is_floating_point()), p => Assert.Equal(p.Value.data<float>().ToArray(), actual[p.Key].data<float>().ToArray()));
    }

    [Fact]
    public void Default_model_is_the_network_of_its_contract()
    {
        using var model = CovidCtModel.LoadDefault();
        using var stream = DefaultModelLocator.Open(ModelPrecision.Float32);
        var graph = OnnxGraph.Load(stream);
        using var network = OnnxImporter.ToNetwork(graph);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(Bytes(graph));
        var input = randn([2, 1, network.Options.InputHeight, network.Options.InputWidth]);

        using var results = session.Run([Microsoft.ML.OnnxRuntime.NamedOnnxValue.CreateFromTensor(
            "input", new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>(input.data<float>().ToArray(), [.. input.shape.Select(s => (int)s)]))]);

        // Runtime and torch sum in another order; the logits are of the size of 1 to 10.
        var expected = results[0].AsEnumerable<float>().ToArray();
        Assert.All(expected.Zip(network.forward(input).data<float>().ToArray()), p => Assert.Equal(p.First, p.Second, 1e-3f));
        Assert.Equal(model.Contract.Network.Architecture, network.Options.Architecture);
    }

    [Fact]
    public void Folded_model_and_other_networks_are_refused_with_the_reason()
    {
        var options = new NetworkOptions { Width = 0.0625, InputHeight = 64, InputWidth = 64 };
        using var network = Drawn(options);
        using var wider = CtNetwork.Create(options with { Width = 0.125 });

        Assert.Contains("unfolded", Assert.Throws<TrainingException>(() => OnnxImporter.Restore(OnnxExporter.ToPredictGraph(network, fold: true), network)).Message, StringComparison.Ordinal);
        Assert.Throws<TrainingException>(() => OnnxImporter.Restore(OnnxExporter.ToPredictGraph(network), wider));
        Assert.Throws<TrainingException>(() => OnnxImporter.ToNetwork(OnnxExporter.ToPredictGraph(network)));
    }

    private static CtNetwork Drawn(NetworkOptions options)
    {
        random.manual_seed(5);
        var network = CtNetwork.Create(options);
        using var noGrad = no_grad();
        foreach (var (_, value) in network.state_dict().Where(p => p.Value.is_floating_point()))
        {
            value.uniform_(0.1, 1);
        }

        return network;
    }

    private static byte[] Bytes(OnnxGraph graph)
    {
        using var memory = new MemoryStream();
        graph.Save(memory);
        return memory.ToArray();
    }
}
