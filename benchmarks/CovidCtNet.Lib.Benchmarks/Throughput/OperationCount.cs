using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>Floating-point operations of one slice: two for each multiplication of a convolution or matrix product.</summary>
internal static class OperationCount
{
    /// <summary>Layers with weights and their operations.</summary>
    public static IReadOnlyList<(string Name, double Operations)> ByLayer(OnnxGraph graph)
    {
        var shapes = OnnxShapeInference.Infer(graph);
        List<(string, double)> layers = [];
        foreach (var node in graph.Nodes.Where(n => n.OpType is "Conv" or "Gemm"))
        {
            var weight = graph.FindInitializer(node.Inputs[1])!;
            var pixels = node.OpType == "Conv"
                ? shapes.Require(node.Outputs[0]).Skip(2).Aggregate(1.0, (product, size) => product * size.Value!.Value)
                : 1;
            layers.Add((node.Name, 2.0 * weight.ElementCount * pixels));
        }

        return layers;
    }
}
