using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Networks;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace CovidCtNet.Lib.Training.Tests.Export;

/// <summary>
/// Gradients of the exported Attention-56, computed by the differentiated ONNX graph in a plain runtime, equal those of TorchSharp's
/// autograd on the network that was exported.
/// </summary>
public class GradientParityTests
{
    private static readonly (string Probe, string Tensor)[] Targets =
    [
        ("conv1", "bn1/relu"),
        ("pool", "pool"),
        ("pre1", "pre1/sum"),
        ("attention1", "attention1/after/sum"),
        ("pre2", "pre2/sum"),
        ("attention2", "attention2/after/sum"),
        ("pre3", "pre3/sum"),
        ("attention3", "attention3/after/sum"),
        ("post", "post3/sum"),
        ("activated", "bn2/relu"),
    ];

    public GradientParityTests()
    {
        TorchRuntime.EnsureLoaded();

        // Torch's batch statistics, and with them where the jumps below fall, change in the last bits with the number of threads, which
        // belongs to the process: tests that ran before would choose it.
        set_num_threads(2);
    }

    // Autograd runs in float64: where rounding lifts a value over the zero of a ReLU, or over its rival in a max pool, the gradient jumps,
    // and autograd in float32 then differs from itself in float64 by up to some hundredths. The runtime's float32 is no better off, but
    // jumps seldom, so below the last attention module the median slice counts; from that module up, where nine convolutions lie
    // between layer and logit, 1e-5 of the gradient's norm is some 80 roundings and holds for every slice.
    [Theory]
    [InlineData(0.25, 160, ClassifierHead.OneLogit, 5)]
    [InlineData(0.25, 117, ClassifierHead.TwoClass, 5)]
    [InlineData(1.0, 224, ClassifierHead.OneLogit, 1)]
    public void Gradients_and_class_activation_maps_equal_autograd(double width, int size, ClassifierHead head, int slices)
    {
        using var network = Trained(NetworkOptions.Attention56 with { Width = width, InputHeight = size, InputWidth = size, Head = head });
        var score = head == ClassifierHead.OneLogit ? 0 : 1;

        // Folded, as the explainer differentiates it: roundings, and with them the jumps below, are those of the graph that is run.
        var explained = GraphGradient.Append(OnnxExporter.ToPredictGraph(network, fold: true), GradientSeed.Element("logits", score), [.. Targets.Select(t => t.Tensor)]);
        using var session = new InferenceSession(explained.ToArray());
        ((nn.Module)network).to(ScalarType.Float64);

        var errors = Enumerable.Range(0, slices).Select(seed => Errors(network, session, Slice(seed), size, score)).ToArray();

        for (var i = 0; i < Targets.Length; i++)
        {
            var maps = errors.Select(e => e[i].Map).Order().ToArray();
            if (Targets[i].Probe is "attention3" or "post" or "activated")
            {
                Assert.True(maps[^1] <= 1e-4, $"{Targets[i].Tensor}: the maps differ by {maps[^1]:E2} of the largest value.");
                Assert.True(errors.Max(e => e[i].Gradient) <= 1e-5, $"{Targets[i].Tensor}: the gradients differ by {errors.Max(e => e[i].Gradient):E2}.");
            }
            else
            {
                Assert.True(slices == 1 || maps[slices / 2] <= 1e-4, $"{Targets[i].Tensor}: the median map differs by {maps[slices / 2]:E2} of the largest value.");

                // What a wrong rule would do, at the least.
                Assert.True(maps[^1] <= 0.03, $"{Targets[i].Tensor}: a map differs by {maps[^1]:E2} of the largest value.");
            }
        }
    }

    // The whole way an application goes: image in, map out.
    [Theory]
    [InlineData("attention3", "attention3/after/sum")]
    [InlineData("post", "post3/sum")]
    [InlineData("activated", "bn2/relu")]
    public void Explained_slice_shows_the_map_that_autograd_gives(string probe, string layer)
    {
        const int Size = 112;
        using var scope = NewDisposeScope();
        using var network = Trained(NetworkOptions.Attention56 with { Width = 0.25, InputHeight = Size, InputWidth = Size });
        var slice = Slice(4);
        using var explainer = GraphExplainer.FromGraph(OnnxExporter.ToPredictGraph(network), Preprocessing(Size), options: new() { ScoreTensor = "logits" });
        Assert.Equal("attention3/after/sum", explainer.DefaultTargetLayer);
        Tensor? values = null;
        var logits = network.Run(Input(slice, Size), null, (name, y) => values = name == probe ? y.DetachFromDisposeScope() : values);
        var map = Cam(values!.detach(), autograd.grad([logits[0, 0]], [values!])[0]);

        var found = explainer.Explain(slice, AttentionMethod.GradCam, new ExplainOptions { TargetLayer = layer, TargetClass = 1 });

        var error = ((tensor(found.RawValues.ToArray()).reshape(map.shape) - map).abs().max() / map.abs().max()).item<float>();
        Assert.True(error <= 1e-4, $"{layer}: the maps differ by {error:E2} of the largest value.");
        values!.Dispose();
    }

    private static (double Gradient, double Map)[] Errors(ResidualAttentionNetwork network, InferenceSession session, CtImage slice, int size, int score)
    {
        using var scope = NewDisposeScope();
        var input = Input(slice, size);
        var layers = new Dictionary<string, Tensor>();
        var logits = network.Run(input.to_type(ScalarType.Float64), null, (name, y) => layers[name] = y.DetachFromDisposeScope());
        var expected = autograd.grad([logits[0, score]], [.. Targets.Select(t => layers[t.Probe])]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("input", new DenseTensor<float>(input.data<float>().ToArray(), [1, 1, size, size]))]);
        var found = results.ToDictionary(r => r.Name, r => r.AsTensor<float>().ToDenseTensor());
        var errors = Targets.Select((target, i) =>
        {
            Assert.True(expected[i].norm().item<double>() > 0, $"{target.Tensor} has no gradient: equality would prove nothing.");
            var gradient = Of(found[GraphGradient.OutputName(target.Tensor)]);
            var map = Cam(layers[target.Probe].detach(), expected[i]);
            return (
                ((gradient - expected[i]).norm() / expected[i].norm()).item<double>(),
                ((Cam(Of(found[target.Tensor]), gradient) - map).abs().max() / map.abs().max()).item<double>());
        }).ToArray();
        foreach (var layer in layers.Values)
        {
            layer.Dispose();
        }

        return errors;
    }

    private static Tensor Input(CtImage slice, int size) => tensor(Preprocessing(size).Apply(slice), [1, 1, size, size]);

    // Selvaraju et al. 2017, equations 1 and 2 without the ReLU: [1, C, h, w] to [h, w].
    private static Tensor Cam(Tensor activation, Tensor gradient) => (activation * gradient.mean([2, 3], keepdim: true)).sum(1)[0];

    private static Tensor Of(DenseTensor<float> found) =>
        tensor(found.Buffer.ToArray(), [.. found.Dimensions.ToArray().Select(d => (long)d)], dtype: ScalarType.Float64);

    private static CtImage Slice(int seed) => CtPhantom.Create(seed, new CtPhantomOptions { Opacities = 5 }).Image;

    private static CtPreprocessing Preprocessing(int size) => new() { Width = size, Height = size, Fit = CtFit.Stretch, Mean = 0.5f, StandardDeviation = 0.25f };

    // Batch statistics of slices and drawn scales, so that folding has something to fold.
    private static ResidualAttentionNetwork Trained(NetworkOptions options)
    {
        random.manual_seed(5);
        var network = new ResidualAttentionNetwork(options, 3);
        var slices = Enumerable.Range(0, 2).SelectMany(seed => Preprocessing(options.InputWidth).Apply(CtPhantom.Create(seed).Image)).ToArray();
        using (no_grad())
        {
            foreach (var layer in network.modules().OfType<BatchNorm2d>())
            {
                layer.weight!.uniform_(0.5, 1.5);
                layer.bias!.uniform_(-0.3, 0.3);
            }

            network.train();
            for (var i = 0; i < 3; i++)
            {
                network.forward(tensor(slices, [2, 1, options.InputHeight, options.InputWidth])).Dispose();
            }
        }

        network.eval();
        return network;
    }
}
