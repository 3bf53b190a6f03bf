using CovidCtNet.Lib.Onnx.Gradients;
using CovidCtNet.Lib.Onnx.Shapes;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// Reverse-mode differentiation of a graph: appends nodes that compute the gradient of a scalar with respect to tensors inside the network, so
/// that a plain runtime gives activations and gradients in one run (Grad-CAM, arXiv 1610.02391, without a training framework).
/// </summary>
/// <remarks>
/// Only the part between the targets and the scalar is differentiated, weights are shared, and a symbolic batch stays: rows do not mix in
/// inference, so each row gets the gradient of its own scalar.
/// </remarks>
public static class GraphGradient
{
    /// <summary>Name of the output that holds the gradient for a target.</summary>
    public static string OutputName(string target) => $"gradient/{target}";

    /// <summary>Operators that can be differentiated.</summary>
    public static IReadOnlyCollection<string> SupportedOperators => GradientRules.Operators;

    /// <summary>
    /// The feature maps on the way to a tensor: floating-point [N, C, h, w] with more than one pixel, in the order of the graph. The last one, before the
    /// network pools its features, is the usual target of Grad-CAM.
    /// </summary>
    /// <param name="graph">The graph; not changed.</param>
    /// <param name="tensor">Where the way ends, usually the logits.</param>
    /// <param name="inputShapes">Shapes of inputs, where the file leaves height or width open; by input name.</param>
    /// <exception cref="OnnxException">There is no such tensor.</exception>
    public static IReadOnlyList<OnnxValueInfo> FindFeatureMaps(
        OnnxGraph graph, string tensor, IReadOnlyDictionary<string, OnnxShape>? inputShapes = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        graph.RequireTensor(tensor);
        var shapes = OnnxShapeInference.Infer(graph, inputShapes);
        var others = ChannelLayout.FindOthers(graph, shapes);
        HashSet<string> way = [tensor];
        List<OnnxValueInfo> maps = [];
        foreach (var node in graph.Nodes.Reverse().Where(n => n.Outputs.Any(way.Contains)))
        {
            way.UnionWith(node.Inputs);
            maps.AddRange(node.Outputs.Where(o => way.Contains(o) && !others.Contains(o)).Select(shapes.Find).OfType<OnnxValueInfo>().Where(IsFeatureMap));
        }

        maps.Reverse();
        return maps;
    }

    /// <summary>Gives a copy of the graph with the targets and their gradients as further outputs.</summary>
    /// <param name="graph">The graph; not changed.</param>
    /// <param name="seed">The scalar.</param>
    /// <param name="targets">Tensors to differentiate by; each gets the output <see cref="OutputName"/> of its own shape.</param>
    /// <param name="inputShapes">Shapes of inputs, where the file leaves height or width open; by input name.</param>
    /// <returns>The extended graph.</returns>
    /// <exception cref="OnnxUnsupportedOperatorException">An operator on the way cannot be differentiated.</exception>
    /// <exception cref="OnnxShapeException">Shapes do not fit, or a size that must be known is not.</exception>
    /// <exception cref="OnnxException">There is no such tensor, or the scalar does not depend on it.</exception>
    public static OnnxGraph Append(
        OnnxGraph graph, GradientSeed seed, IReadOnlyList<string> targets, IReadOnlyDictionary<string, OnnxShape>? inputShapes = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(seed);
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Count == 0)
        {
            throw new ArgumentException("At least one target is needed.", nameof(targets));
        }

        var prepared = graph.Clone();
        PoolRoundingRewriting.Apply(prepared, inputShapes);
        var builder = OnnxGraphBuilder.Extend(prepared, inputShapes);
        var distinct = targets.Distinct(StringComparer.Ordinal).ToList();
        var walk = new ReverseWalk(builder, seed.Tensor, distinct);
        IReadOnlyDictionary<string, OnnxValue> gradients;
        using (builder.Scope("backward"))
        {
            gradients = walk.Run(SeedGradient.Build(builder, seed));
        }

        List<OnnxValue> outputs = [];
        foreach (var target in distinct)
        {
            outputs.Add(builder.Value(target));
            outputs.Add(builder.Identity(gradients[target], OutputName(target)));
        }

        return builder.Build([.. outputs]);
    }

    private static bool IsFeatureMap(OnnxValueInfo value) =>
        GradientMath.IsFloating(value.ElementType) && value.Shape is [_, _, { Value: var height }, { Value: var width }] && (height != 1 || width != 1);
}
