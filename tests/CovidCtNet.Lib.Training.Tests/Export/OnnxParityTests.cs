using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Tests.Shared;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace CovidCtNet.Lib.Training.Tests.Export;

/// <summary>
/// The exported graph, run by ONNX Runtime, equals the TorchSharp network: emission and forward are separate code, so each block is
/// compared by itself and the whole at several sizes.
/// </summary>
public class OnnxParityTests
{
    public OnnxParityTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(16, 16, 1)]
    [InlineData(16, 32, 2)]
    [InlineData(32, 16, 1)]
    public void Residual_unit_equals_its_forward(int inChannels, int outChannels, int stride)
    {
        random.manual_seed(1);
        using var unit = new ResidualUnit("unit", inChannels, outChannels, stride);
        AssertBlockEqual(unit, inChannels, 15, 18, unit.Emit);
    }

    [Theory]
    [InlineData(3, 56, 56)]
    [InlineData(3, 41, 30)]
    [InlineData(2, 13, 28)]
    [InlineData(1, 7, 10)]
    public void Attention_module_equals_its_forward(int maskLevels, int height, int width)
    {
        random.manual_seed(2);
        using var module = new AttentionModule("module", 16, maskLevels);
        AssertBlockEqual(module, 16, height, width, module.Emit);
    }

    // The trained-like network: batch statistics taken from data, so that folding has something to fold. The tolerance is the
    // project's own for real slices; these logits come out about 1e-6 apart.
    [Theory]
    [InlineData(48)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(117)]
    [InlineData(161)]
    [InlineData(205)]
    public void Network_equals_torch_at_odd_sizes(int size)
    {
        var options = NetworkOptions.Attention56 with { Width = 0.25, InputHeight = size, InputWidth = size };
        AssertNetworkEqual(options, Inputs(size, 3));
    }

    [Fact]
    public void Full_width_network_equals_torch_at_224_pixels() => AssertNetworkEqual(NetworkOptions.Attention56, Inputs(224, 2));

    [Fact]
    public void Two_class_head_and_other_variants_equal_torch()
    {
        AssertNetworkEqual(NetworkOptions.Attention92 with { Width = 0.125, InputHeight = 64, InputWidth = 80, Head = ClassifierHead.TwoClass }, Inputs(64, 2, width: 80));
        AssertNetworkEqual(NetworkOptions.Attention56 with { Width = 0.125, InputHeight = 64, InputWidth = 64, Attention = false, InputChannels = 3 }, Inputs(64, 2, channels: 3));
        AssertNetworkEqual(NetworkOptions.Attention56 with { Width = 0.125, InputHeight = 64, InputWidth = 64, StandardizeInput = true }, (Inputs(64, 2) * 0.3f) + 0.2f);
    }

    [Fact]
    public void Standardised_input_makes_brightness_and_contrast_count_for_nothing()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = (ResidualAttentionNetwork)Trained(NetworkOptions.Attention56 with { Width = 0.125, InputHeight = 64, InputWidth = 64, StandardizeInput = true }, Inputs(64, 4));
        var slices = Inputs(64, 3);

        var expected = network.forward(slices).data<float>().ToArray();
        var changed = network.forward((slices * 0.6f) - 0.4f).data<float>().ToArray();

        // Rounding alone, and the epsilon of 1e-5 beside a variance of about 0.3.
        Assert.All(expected.Zip(changed), p => Assert.Equal(p.First, p.Second, 1e-3f));
        Assert.True(expected.Max() - expected.Min() > 1e-2, "the slices must differ for the network");
    }

    [Fact]
    public void Full_width_network_equals_torch_on_real_slices()
    {
        var folder = RealData.Require("sarscov2-ct");
        var preprocessing = new CtPreprocessing { Width = 224, Height = 224, Mean = 0.5f, StandardDeviation = 0.25f };
        string[] files = ["COVID/Covid (1).png", "non-COVID/Non-Covid (1).png", "COVID/Covid (700).png"];
        var planes = files.Select(f => Path.Combine(folder, f)).Where(File.Exists).SelectMany(f => preprocessing.Apply(CtImage.Load(f))).ToArray();
        Assert.NotEmpty(planes);

        AssertNetworkEqual(NetworkOptions.Attention56, tensor(planes, [planes.Length / (224 * 224), 1, 224, 224]));
    }

    [Fact]
    public void Explain_graph_gives_the_channel_means_of_the_masks()
    {
        using var scope = NewDisposeScope();
        using var network = (ResidualAttentionNetwork)Trained(NetworkOptions.Attention56 with { Width = 0.125, InputHeight = 100, InputWidth = 100 }, Inputs(100, 4));
        using var noGrad = no_grad();
        var input = Inputs(100, 2);
        var (logits, masks) = network.ForwardWithMasks(input);

        var explain = OnnxExporter.ToExplainGraph(OnnxExporter.ToPredictGraph(network));
        var outputs = Run(explain, input);

        Assert.Equal(["logits", "attention_1", "attention_2", "attention_3"], explain.Outputs.Select(o => o.Name));
        AssertClose(logits, outputs["logits"], 1e-4);
        for (var i = 0; i < 3; i++)
        {
            AssertClose(masks[i].mean([1], keepdim: true), outputs[$"attention_{i + 1}"], 1e-5);
        }
    }

    [Fact]
    public void Folding_leaves_only_the_batch_normalisations_that_no_convolution_precedes()
    {
        using var network = new ResidualAttentionNetwork(NetworkOptions.Attention56 with { Width = 0.125, InputHeight = 64, InputWidth = 64 });

        var plain = OnnxExporter.ToPredictGraph(network, fold: false);
        var folded = OnnxExporter.ToPredictGraph(network, fold: true);

        Assert.Equal(107, plain.Nodes.Count(n => n.OpType == "BatchNormalization"));
        Assert.Equal(107 - 70, folded.Nodes.Count(n => n.OpType == "BatchNormalization"));
    }

    [Fact]
    public void Network_without_attention_has_no_explain_graph()
    {
        using var network = new ResidualAttentionNetwork(NetworkOptions.Attention56 with { Width = 0.125, InputHeight = 64, InputWidth = 64, Attention = false });

        Assert.Throws<ArgumentException>(() => OnnxExporter.ToExplainGraph(OnnxExporter.ToPredictGraph(network)));
    }

    [Fact]
    public void Small_network_equals_torch_and_its_evidence_averages_to_the_logits()
    {
        var options = new NetworkOptions { Family = NetworkFamily.SmallConvolutional, Width = 0.25, InputHeight = 75, InputWidth = 75 };
        AssertNetworkEqual(options, Inputs(75, 3));

        using var scope = NewDisposeScope();
        using var network = CtNetwork.Create(options);
        network.eval();
        var (logits, evidence) = network.ForwardWithEvidence(randn([2, 1, 75, 75]));
        Assert.True((evidence.mean([2, 3]) - logits).abs().max().item<float>() < 1e-5);
    }

    private static void AssertBlockEqual(nn.Module<Tensor, Tensor> block, int channels, int height, int width, Func<OnnxGraphBuilder, OnnxValue, string, OnnxValue> emit)
    {
        using var scope = NewDisposeScope();
        Randomise(block);
        using var noGrad = no_grad();
        var input = randn(2, channels, height, width);
        var builder = new OnnxGraphBuilder();
        var output = emit(builder, builder.Input("input", ["N", channels, height, width]), "block");
        var graph = builder.Build(output);
        BatchNormalizationFolding.Apply(graph);

        AssertClose(block.forward(input), Run(graph, input).Single().Value, 1e-4);
    }

    private static void AssertNetworkEqual(NetworkOptions options, Tensor input)
    {
        using var scope = NewDisposeScope();
        using var network = Trained(options, input);
        using var noGrad = no_grad();
        var expected = network.forward(input);
        Assert.True(expected.std().item<float>() > 1e-3f, "The logits are all alike: parity would prove nothing.");

        AssertClose(expected, Run(OnnxExporter.ToPredictGraph(network), input)["logits"], 1e-4);
    }

    // A few forward passes in training mode give batch statistics of the data; scales and shifts are drawn.
    private static CtNetwork Trained(NetworkOptions options, Tensor input)
    {
        random.manual_seed(7);
        var network = CtNetwork.Create(options);
        Randomise(network);
        using var noGrad = no_grad();
        network.train();
        for (var i = 0; i < 3; i++)
        {
            network.forward(input).Dispose();
        }

        network.eval();
        return network;
    }

    private static void Randomise(nn.Module block)
    {
        using var noGrad = no_grad();
        foreach (var layer in block.modules().OfType<BatchNorm2d>())
        {
            layer.weight!.uniform_(0.5, 1.5);
            layer.bias!.uniform_(-0.3, 0.3);
            layer.running_mean!.uniform_(-0.3, 0.3);
            layer.running_var!.uniform_(0.5, 1.5);
        }

        block.eval();
    }

    // Low-frequency noise in the range of a normalised slice.
    private static Tensor Inputs(int size, int count, int channels = 1, int? width = null)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(11);
        var coarse = (rand(count, channels, 9, 9) * 4) - 2;
        return nn.functional.interpolate(coarse, [size, width ?? size], mode: InterpolationMode.Bilinear, align_corners: false).MoveToOuterDisposeScope();
    }

    private static Dictionary<string, DenseTensor<float>> Run(OnnxGraph graph, Tensor input)
    {
        using var session = new InferenceSession(graph.ToArray());
        var data = new DenseTensor<float>(input.contiguous().data<float>().ToArray(), [.. input.shape.Select(s => (int)s)]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("input", data)]);
        return results.ToDictionary(r => r.Name, r => (DenseTensor<float>)r.AsTensor<float>().Clone());
    }

    private static void AssertClose(Tensor expected, DenseTensor<float> actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.Dimensions.ToArray().Select(d => (long)d));
        var values = expected.contiguous().data<float>().ToArray();
        var worst = values.Zip(actual.Buffer.ToArray(), (a, b) => Math.Abs(a - b) / Math.Max(1, Math.Abs(a))).Max();
        Assert.True(worst <= tolerance, $"The outputs differ by {worst:E2} of the larger of 1 and the value; {tolerance:E0} is allowed.");
    }
}
