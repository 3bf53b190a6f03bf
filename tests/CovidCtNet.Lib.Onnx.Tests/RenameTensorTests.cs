using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>An input, an output and what lies between can get other names; the graph computes the same.</summary>
public class RenameTensorTests
{
    [Fact]
    public void Renamed_graph_computes_the_same()
    {
        var graph = Samples.Tiny();
        var expected = Runtime.Run(graph, ("x", [1, 2], [1, 2]))["y"].Values;
        var weights = graph.ComputeWeightsSha256();
        graph.RenameTensor("x", "in");
        graph.RenameTensor("y", "out");
        Assert.Equal(expected, Runtime.Run(graph, ("in", [1, 2], [1, 2]))["out"].Values);
        Assert.Equal(weights, graph.ComputeWeightsSha256());
    }

    [Fact]
    public void Taken_names_unknown_tensors_and_weights_are_refused()
    {
        var graph = Samples.Tiny();
        var before = graph.ToArray();
        Assert.Throws<OnnxException>(() => graph.RenameTensor("x", "y"));
        Assert.Throws<OnnxException>(() => graph.RenameTensor("x", "w"));
        Assert.Throws<OnnxException>(() => graph.RenameTensor("nothing", "z"));
        Assert.Throws<OnnxException>(() => graph.RenameTensor("w", "z"));
        Assert.Equal(before, graph.ToArray());
    }
}
