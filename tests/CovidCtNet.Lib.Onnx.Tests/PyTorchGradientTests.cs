using CovidCtNet.Lib.Onnx.Tests.Support;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>
/// Gradients inside the graph against PyTorch's autograd, on classifiers that PyTorch's own exporter wrote: the forward pass and the reverse one are another
/// implementation throughout.
/// </summary>
public sealed class PyTorchGradientTests(ITestOutputHelper output)
{
    // float32 in the graph against float64 in autograd, relative to the largest element. The last stage is one or two layers from the logits.
    private const double LastStageTolerance = 1e-5;

    // Deeper, errors of more layers add up, and where two elements of a pooling window or an input of a rectifier nearly tie, float32 may decide otherwise.
    private const double MapTolerance = 1e-4;

    public static TheoryData<string> Models =>
        ["resnet", "densenet", "mobilenet_v2", "mobilenet_v3", "vgg", "squeezenet", "googlenet", "shufflenet", "efficientnet", "convnext", "attention"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_EqualAutograd(string name)
    {
        var model = new ReferenceModel(name);
        var graph = GraphGradient.Append(model.Graph, GradientSeed.FromInput("logits", "class"), model.Targets);
        var results = Run(graph, model);
        Compare("logits", model["logits"].Values, results["logits"].Values, LastStageTolerance);
        foreach (var target in model.Targets)
        {
            var gradient = results[GraphGradient.OutputName(target)];
            var (shape, expected) = model[$"gradient/{target}"];
            Assert.Equal(shape, gradient.Shape);
            var last = target == model.Targets[^1];
            Compare($"gradient/{target}", expected, gradient.Values, last ? LastStageTolerance : double.PositiveInfinity);
            Compare($"map/{target}", model[$"map/{target}"].Values, ReferenceModel.ActivationMap(results[target], gradient), MapTolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Weights_AreShared(string name)
    {
        var model = new ReferenceModel(name);
        var before = model.Graph.Initializers.ToDictionary(i => i.Name, i => i.ElementCount, StringComparer.Ordinal);
        var graph = GraphGradient.Append(model.Graph, GradientSeed.Element("logits", 0), [model.Targets[0]]);
        // New constants are shapes, factors per channel and interpolation matrices: none is the size of a convolution's weight.
        var added = graph.Initializers.Where(i => !before.ContainsKey(i.Name)).ToList();
        Assert.All(added, i => Assert.True(i.ElementCount <= 1024, $"{i.Name} {i.Shape}"));
        Assert.True(graph.ToArray().Length < (2 * model.Graph.ToArray().Length) + 60_000);
        Assert.Equal(before.Count, graph.Initializers.Count - added.Count);
    }

    private static Dictionary<string, RuntimeTensor> Run(OnnxGraph graph, ReferenceModel model)
    {
        var (shape, values) = model["input"];
        return Runtime.Run(OnnxGraph.Load(new MemoryStream(graph.ToArray())), [
            NamedOnnxValue.CreateFromTensor("input", new DenseTensor<float>(values, shape)),
            NamedOnnxValue.CreateFromTensor("class", new DenseTensor<long>(model.Classes, [model.Classes.Length])),
        ]);
    }

    private void Compare(string what, float[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0;
        double worst = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            worst = Math.Max(worst, Math.Abs(expected[i] - actual[i]));
        }

        Assert.True(largest > 0, $"{what} is zero: nothing is compared");
        output.WriteLine($"{what}: relative error {worst / largest:E1}");
        Assert.True(worst <= tolerance * largest, $"{what}: relative error {worst / largest:E2}");
    }
}
