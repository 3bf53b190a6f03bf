using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>A weight can be replaced by one of its own kind, and by nothing else.</summary>
public class SetInitializerTests
{
    [Fact]
    public void A_replaced_weight_is_the_one_that_is_run()
    {
        var graph = Samples.Tiny();
        graph.SetInitializer(OnnxTensor.Create<float>("w", [5, 7], 2));
        Assert.Equal([5.0, 14], Runtime.Run(graph, ("x", [1, 2], [1, 2]))["y"].Values);
        Assert.Equal([2f, -3f], Samples.Tiny().FindInitializer("w")!.ToSingles());
    }

    [Fact]
    public void Other_names_types_and_sizes_are_refused()
    {
        var graph = Samples.Tiny();
        Assert.Throws<OnnxException>(() => graph.SetInitializer(OnnxTensor.Create<float>("v", [5, 7], 2)));
        Assert.Throws<OnnxException>(() => graph.SetInitializer(OnnxTensor.Create<float>("w", [5, 7], 1, 2)));
        Assert.Throws<OnnxException>(() => graph.SetInitializer(OnnxTensor.Create<double>("w", [5, 7], 2)));
        Assert.Equal([2f, -3f], graph.FindInitializer("w")!.ToSingles());
    }
}
