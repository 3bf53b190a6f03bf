using CovidCtNet.Lib.Explanation.Agreement;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Explanation.Faithfulness;

/// <summary>
/// Sanity check by randomised weights (Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, section 4): layers are made random
/// from the scores down. A map that stays the same does not show what the network has learned. Weights are shuffled within their layer, so
/// that their distribution stays.
/// </summary>
public static class RandomisationTest
{
    /// <summary>Runs the check on one slice. Each step opens a model of its own and takes its time.</summary>
    /// <param name="explainer">The explainer.</param>
    /// <param name="image">The slice.</param>
    /// <param name="method">The method checked.</param>
    /// <param name="options">What is explained; <see cref="ExplainOptions.Default"/> if null.</param>
    /// <param name="steps">Steps from none to all layers, 1 to 100.</param>
    /// <param name="seed">Seed of the shuffles.</param>
    /// <param name="progress">The share done, in [0, 1].</param>
    /// <param name="cancellationToken">Ends the work between two operators of a run.</param>
    /// <exception cref="ExplanationException">The map cannot be computed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static IReadOnlyList<RandomisationStep> Run(
        GraphExplainer explainer, CtImage image, AttentionMethod method, ExplainOptions? options = null, int steps = 4, int seed = 1,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, 100);

        // The class is that of the trained network: a random one may prefer another.
        var fixedClass = (options ?? ExplainOptions.Default) with { TargetClass = explainer.ClassOf(image, options ?? ExplainOptions.Default, cancellationToken) };
        var trained = explainer.Explain(image, method, fixedClass, null, cancellationToken);
        var graph = explainer.CopyGraph();
        string[] weights = [.. WeightsFromTheTop(graph)];
        var random = new Random(seed);
        List<RandomisationStep> found = [];
        var done = 0;
        for (var step = 1; step <= steps; step++)
        {
            for (var until = weights.Length * step / steps; done < until; done++)
            {
                Shuffle(graph, weights[done], random);
            }

            using var randomised = explainer.WithGraph(graph);
            var map = randomised.Explain(image, method, fixedClass, null, cancellationToken);
            found.Add(new RandomisationStep(done, weights.Length, Correlation.Spearman(ToDoubles(trained), ToDoubles(map))));
            progress?.Report((double)step / steps);
        }

        return found;
    }

    /// <summary>Kernels of convolutions and matrices: what has two dimensions and more. Shapes, scales and normalisations stay.</summary>
    private static IEnumerable<string> WeightsFromTheTop(OnnxGraph graph)
    {
        var kernels = graph.Initializers.Where(i => i.ElementType == OnnxElementType.Float32 && i.Dimensions.Count >= 2).Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        return graph.Nodes.Reverse().Where(n => n.OpType is "Conv" or "Gemm" or "MatMul").SelectMany(n => n.Inputs).Where(kernels.Contains).Distinct();
    }

    private static void Shuffle(OnnxGraph graph, string name, Random random)
    {
        var weight = graph.FindInitializer(name)!;
        var values = weight.ToSingles();
        random.Shuffle(values);
        graph.SetInitializer(OnnxTensor.Create<float>(name, values, [.. weight.Dimensions]));
    }

    private static double[] ToDoubles(AttentionMap map) => Array.ConvertAll(map.InputValues.ToArray(), v => (double)v);
}
