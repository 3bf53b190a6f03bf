using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Samples.Explain.Tests;

/// <summary>Classifiers of other tools, whose files have no contract.</summary>
public sealed class OtherClassifierTests : IDisposable
{
    private readonly ExplainHarness _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task All_methods_but_attention_masks_explain_a_classifier_of_PyTorch()
    {
        Assert.Equal(0, await _run.Explain(_run.Slice("a.png")));
        Assert.Equal(
            ["grad-cam", "grad-cam++", "layer-cam", "input-gradient", "smooth-grad", "integrated-gradients", "occlusion", "fused-grad-cam"], _run.Rows().Select(r => r[2]));
        Assert.Contains("attention is left out: the model has no attention masks.", _run.Output, StringComparison.Ordinal);
        Assert.Contains("stretched to 37 x 37", _run.Output, StringComparison.Ordinal);
        Assert.Equal(1, await _run.Explain(_run.At("a.png"), "--method", "attention"));
        Assert.Contains("no map by attention: the model has no attention masks", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Class_and_normalisation_reach_the_model()
    {
        var slice = _run.Slice("a.png");
        List<string> probabilities = [];
        foreach (var options in (string[][])[[], ["--class", "0"], ["--class", "1"], ["--class", "1", "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225"], ["--class", "1", "--mean", "0.5"]])
        {
            Assert.Equal(0, await _run.Explain([slice, "--method", "grad-cam", "--tables-only", .. options]));
            probabilities.Add(_run.Rows()[0][3]);
        }

        // By default the class with the highest score.
        Assert.Equal(5, await Classes(slice));
        Assert.Equal(4, probabilities.Skip(1).Distinct().Count());
        Assert.True(double.Parse(probabilities[0], System.Globalization.CultureInfo.InvariantCulture) >= 0.2);
    }

    [Fact]
    public async Task Layers_are_listed_and_looked_at()
    {
        Assert.Equal(0, await _run.Explain("--list-layers"));
        Assert.Contains("features.2  ", _run.Output, StringComparison.Ordinal);
        Assert.Contains("(default)", _run.Output, StringComparison.Ordinal);
        Assert.Equal(0, await _run.Explain(_run.Slice("a.png"), "--method", "layer-cam", "--layer", "features.2"));
        Assert.Equal("layer-cam features.2", _run.Rows()[0][2]);
    }

    [Fact]
    public async Task What_the_file_does_not_say_is_asked_for()
    {
        var slice = _run.Slice("a.png");
        await Refused("--scores logits", slice, "--model", ExplainHarness.PyTorchModel);
        var open = Model(["N", 1, "H", "W"], "Relu");
        await Refused("--size 224", slice, "--model", open);
        Assert.Equal(0, await _run.Run(slice, "--model", open, "--size", "12", "--method", "grad-cam", "--out", _run.At("out")));
        await Refused("--mean", slice, "--model", Model(["N", "C", 8, 8], "Relu"));
        // Nothing tells that the last axis holds channels, and not even columns; where it is transposed at once, that does.
        await Refused("[N, H, W, C]", slice, "--model", Model(["N", 8, 8, 3], "Relu"));
        Assert.Equal(0, await _run.Run(slice, "--model", Model(["N", 8, 8, 3], "Relu", transposed: true), "--method", "grad-cam", "--out", _run.At("out")));
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_by_name()
    {
        var slice = _run.Slice("a.png");
        string[] known = [slice, "--model", ExplainHarness.PyTorchModel, "--scores", "logits", "--method", "grad-cam"];
        await Refused("'nowhere' is no [N, C, h, w] layer", [.. known, "--layer", "nowhere"]);
        await Refused("class 5 does not exist", [.. known, "--class", "5"]);
        await Refused("3 channels and --std 2 numbers", [.. known, "--std", "1,2"]);
        await Refused("[N, C, 99, 99]", [.. known, "--size", "99"]);
        await Refused("Asinh", slice, "--method", "input-gradient", "--model", Model(["N", 1, 8, 8], "Asinh"));
        await Refused("has a contract", slice, "--size", "99", "--model", _run.ContractModel());
    }

    private async Task<int> Classes(string slice)
    {
        var classes = 0;
        while (await _run.Explain(slice, "--method", "grad-cam", "--tables-only", "--class", classes.ToString(System.Globalization.CultureInfo.InvariantCulture)) == 0)
        {
            classes++;
        }

        return classes;
    }

    private async Task Refused(string reason, params string[] args)
    {
        var before = _run.Errors.Length;
        Assert.Equal(1, await _run.Run([.. args, "--out", _run.At("out")]));
        Assert.Contains(reason, _run.Errors[before..], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _run.Errors[before..], StringComparison.Ordinal);
    }

    private string Model(OnnxShape shape, string operation, bool transposed = false)
    {
        var builder = new OnnxGraphBuilder("other");
        var input = builder.Input("x", shape);
        var x = builder.Node(operation, [transposed ? builder.Node("Transpose", [input], [OnnxAttribute.Of("perm", [0L, 3, 1, 2])]) : input]);
        var mean = builder.Flatten(builder.ReduceMean(x, [1, 2, 3]));
        var graph = builder.Build(builder.Gemm(mean, builder.Initializer<float>("w", [2f, 1f], 1, 2), name: "scores"));
        return _run.Write($"{operation}-{shape.Count}-{Guid.NewGuid():N}.onnx", graph.ToArray());
    }
}
