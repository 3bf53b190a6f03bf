using CovidCtNet.Lib.Onnx.Gradients;

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

        var builder = OnnxGraphBuilder.Extend(graph, inputShapes);
        var distinct = targets.Distinct(StringComparer.Ordinal).ToList();
        var walk = new ReverseWalk(builder, seed.Tensor, distinct);
        List<OnnxValue> outputs = [];
        using (builder.Scope("gradient"))
        {
            var gradients = walk.Run(SeedGradient.Build(builder, seed));
            foreach (var target in distinct)
            {
                outputs.Add(builder.Value(target));
                outputs.Add(builder.Identity(gradients[target], target));
            }
        }

        return builder.Build([.. outputs]);
    }
}
