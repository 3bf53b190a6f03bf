using System.Globalization;
using System.Text.RegularExpressions;
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

    public GradientParityTests() => TorchRuntime.EnsureLoaded();

    // Autograd runs in float64: where rounding lifts a value over the zero of a ReLU, the gradient jumps, and autograd in float32 then differs
    // from itself in float64 by up to some hundredths. Which slices jump is chance, so the decisions of all ReLUs behind a layer are compared
    // as well: where all are the same, 1e-5 of the gradient's norm (some 80 roundings) and 1e-4 of the map's largest value hold for every
    // slice and layer. At early layers one of some 100,000 always differs, mostly one that does not matter: there two slices must be as close.
    [Theory]
    [InlineData(0.25, 160, ClassifierHead.OneLogit, 5, 5)]
    [InlineData(0.25, 117, ClassifierHead.TwoClass, 5, 4)]
    [InlineData(1.0, 224, ClassifierHead.OneLogit, 2, 1)]
    public void Gradients_and_class_activation_maps_equal_autograd(double width, int size, ClassifierHead head, int slices, int leastAtLastModule)
    {
        using var network = Trained(NetworkOptions.Attention56 with { Width = width, InputHeight = size, InputWidth = size, Head = head });
        var score = head == ClassifierHead.OneLogit ? 0 : 1;

        // Folded, as the explainer differentiates it: roundings, and with them the jumps, are those of the graph that is run.
        var explained = GraphGradient.Append(OnnxExporter.ToPredictGraph(network, fold: true), GradientSeed.Element("logits", score), [.. Targets.Select(t => t.Tensor)]);
        string[] decisions = [.. explained.Nodes.Where(n => n.OpType == "Relu").Select(n => n.Outputs[0])];
        foreach (var decision in decisions.Except(explained.Outputs.Select(o => o.Name)))
        {
            explained.AddOutput(decision);
        }

        using var session = new InferenceSession(explained.ToArray());
        ((nn.Module)network).to(ScalarType.Float64);
        var behind = Targets.Select(t => decisions.Skip(decisions.Count(d => Place(explained, d) <= Place(explained, t.Tensor))).ToHashSet()).ToArray();
        var close = new int[Targets.Length];
        for (var slice = 0; slice < slices; slice++)
        {
            var (errors, differing) = Errors(network, session, decisions, Slice(slice), size, score);
            for (var i = 0; i < Targets.Length; i++)
            {
                var same = !behind[i].Overlaps(differing);
                close[i] += errors[i] is { Gradient: <= 1e-5, Map: <= 1e-4 } ? 1 : 0;
                var what = $"{Targets[i].Tensor}, slice {slice}{(same ? "" : " (other decisions)")}";
                Assert.True(errors[i].Map <= (same ? 1e-4 : 0.03), $"{what}: the maps differ by {errors[i].Map:E2} of the largest value.");
                Assert.True(errors[i].Gradient <= (same ? 1e-5 : 0.05), $"{what}: the gradients differ by {errors[i].Gradient:E2}.");
            }
        }

        Assert.All(Targets.Zip(close), t => Assert.True(t.Second >= (t.First.Probe is "attention3" ? leastAtLastModule : width < 1 ? 2 : 0), $"{t.First.Tensor}: {t.Second} slices are close."));
        Assert.Equal((slices, slices), (close[^1], close[^2]));
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

    private static int Place(OnnxGraph graph, string tensor) => graph.Nodes.Index().First(n => n.Item.Outputs.Contains(tensor)).Index;

    // Every ReLU follows a batch normalisation: attention.0.mask.down.0.bn1 in torch is attention1/mask/down0/bn1/relu in the graph.
    private static string DecisionOf(string module)
    {
        var counted = Regex.Replace(module, @"^(pre|attention|post)\.(\d)", m => m.Groups[1].Value + (int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture) + 1));
        return $"{Regex.Replace(counted, @"\.(\d+)", "$1").Replace('.', '/')}/relu";
    }

    private static ((double Gradient, double Map)[] Errors, HashSet<string> Differing) Errors(
        ResidualAttentionNetwork network, InferenceSession session, string[] decisions, CtImage slice, int size, int score)
    {
        using var scope = NewDisposeScope();
        var positive = new Dictionary<string, bool[]>();
        var hooks = network.named_modules().Where(m => m.module is BatchNorm2d).Select(m => ((BatchNorm2d)m.module).register_forward_hook((_, _, y) =>
        {
            positive[DecisionOf(m.name)] = y.detach().gt(0).data<bool>().ToArray();
            return y;
        })).ToArray();
        var input = Input(slice, size);
        var layers = new Dictionary<string, Tensor>();
        var logits = network.Run(input.to_type(ScalarType.Float64), null, (name, y) => layers[name] = y.DetachFromDisposeScope());
        Array.ForEach(hooks, h => h.remove());
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

        return (errors, [.. decisions.Where(d => !found[d].Buffer.ToArray().Select(v => v > 0).SequenceEqual(positive[d]))]);
    }

    private static Tensor Input(CtImage slice, int size) => tensor(Preprocessing(size).Apply(slice), [1, 1, size, size]);

    // Selvaraju et al. 2017, equations 1 and 2 without the ReLU: [1, C, h, w] to [h, w].
    private static Tensor Cam(Tensor activation, Tensor gradient) => (activation * gradient.mean([2, 3], keepdim: true)).sum(1)[0];

    private static Tensor Of(DenseTensor<float> found) =>
        tensor(found.Buffer.ToArray(), [.. found.Dimensions.ToArray().Select(d => (long)d)], dtype: ScalarType.Float64);

    private static CtImage Slice(int seed) => CtPhantom.Create(seed, new CtPhantomOptions { Opacities = 5 }).Image;

    private static CtPreprocessing Preprocessing(int size) => new() { Width = size, Height = size, Fit = CtFit.Stretch, Mean = 0.5f, StandardDeviation = 0.25f };

    // Batch statistics of slices and drawn scales, so that folding has something to fold. The statistics are taken in float64 and then rounded:
    // in float32 their last bits, and with them where the jumps above fall, change with threads and memory, so that other tests would choose.
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

            ((nn.Module)network).to(ScalarType.Float64);
            network.train();
            for (var i = 0; i < 3; i++)
            {
                network.forward(tensor(slices, [2, 1, options.InputHeight, options.InputWidth], dtype: ScalarType.Float64)).Dispose();
            }

            ((nn.Module)network).to(ScalarType.Float32);
        }

        network.eval();
        return network;
    }
}
