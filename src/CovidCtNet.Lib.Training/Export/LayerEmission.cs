using CovidCtNet.Lib.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Export;

/// <summary>Emits single torch layers, with their trained values, into an ONNX graph. Each block of the network emits itself by these.</summary>
internal static class LayerEmission
{
    /// <summary>A convolution without bias.</summary>
    public static OnnxValue Emit(this Conv2d layer, OnnxGraphBuilder graph, OnnxValue x, string name)
    {
        var stride = layer.stride![0];
        var padding = layer.padding![0];
        return graph.Conv(x, Weight(graph, layer.weight, name + "/weight"), null, [stride, stride], [padding, padding, padding, padding], name: name);
    }

    /// <summary>Batch normalisation by the running statistics.</summary>
    public static OnnxValue Emit(this BatchNorm2d layer, OnnxGraphBuilder graph, OnnxValue x, string name) => graph.BatchNormalization(
        x,
        Weight(graph, layer.weight!, name + "/scale"),
        Weight(graph, layer.bias!, name + "/shift"),
        Weight(graph, layer.running_mean!, name + "/mean"),
        Weight(graph, layer.running_var!, name + "/variance"),
        (float)layer.eps,
        name);

    /// <summary>A fully connected layer.</summary>
    public static OnnxValue Emit(this Linear layer, OnnxGraphBuilder graph, OnnxValue x, string name) => graph.Gemm(
        x, Weight(graph, layer.weight, name + "/weight"), Weight(graph, layer.bias!, name + "/bias"), transposeB: true, name: name);

    /// <summary>Batch normalisation and the ReLU that follows it everywhere in this network.</summary>
    public static OnnxValue EmitActivated(this BatchNorm2d layer, OnnxGraphBuilder graph, OnnxValue x, string name) =>
        graph.Relu(layer.Emit(graph, x, name), name + "/relu");

    private static OnnxValue Weight(OnnxGraphBuilder graph, Tensor tensor, string name)
    {
        using var scope = NewDisposeScope();
        var values = tensor.detach().contiguous().data<float>().ToArray();
        return graph.Initializer<float>(name, values, tensor.shape);
    }
}
