using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>The class scores of a graph: where they are and what they mean.</summary>
/// <param name="Tensor">Name of the tensor of scores, before a softmax or sigmoid.</param>
/// <param name="Elements">Scores of one slice; 1 for a graph with one logit, that of the positive class.</param>
internal sealed record ClassScores(string Tensor, int Elements)
{
    private static readonly string[] Squashing = ["Softmax", "LogSoftmax", "Sigmoid", "Identity"];

    /// <summary>Number of classes: two for one logit.</summary>
    public int Classes => Math.Max(2, Elements);

    /// <summary>Finds the scores of a graph.</summary>
    /// <exception cref="ExplanationException">The graph has no such tensor, several outputs, or scores of no fixed number.</exception>
    /// <exception cref="OnnxException">The shape of the scores is not known: an operator before them has no shape rule.</exception>
    public static ClassScores Find(OnnxGraph graph, OnnxShapeInference shapes, string? given, string name)
    {
        if (given is not null && !graph.HasTensor(given))
        {
            throw new ExplanationException($"{name} has no tensor '{given}'. Give the name of its class scores.");
        }

        var tensor = given
            ?? (graph.Outputs is [var only] ? only.Name : throw new ExplanationException(
                $"{name} has {graph.Outputs.Count} outputs ({string.Join(", ", graph.Outputs.Select(o => o.Name))}). Say which holds the class scores (GraphExplainerOptions.ScoreTensor)."));
        if (given is null)
        {
            while (graph.Nodes.FirstOrDefault(n => n.Outputs.Contains(tensor)) is { } last && Squashing.Contains(last.OpType, StringComparer.Ordinal))
            {
                tensor = last.Inputs[0];
            }
        }

        var shape = shapes.Require(tensor);
        if (shape.Count < 2 || OnnxShape.Create([.. shape.Skip(1)]).ElementCount is not (>= 1 and <= 100_000 and var elements))
        {
            throw new ExplanationException($"{name}: the scores '{tensor}' have the shape {shape}, not [N, classes]. Give a classifier's file.");
        }

        return new ClassScores(tensor, (int)elements);
    }

    /// <summary>
    /// Log-odds of a class: log(p / (1 - p)) of its softmax or sigmoid probability p. Unlike p it does not saturate, and it has the same
    /// meaning for one logit, two classes and many.
    /// </summary>
    public double LogOdds(ReadOnlySpan<float> scores, int targetClass)
    {
        if (Elements == 1)
        {
            return targetClass == 1 ? scores[0] : -scores[0];
        }

        var largest = double.NegativeInfinity;
        for (var i = 0; i < scores.Length; i++)
        {
            largest = i == targetClass ? largest : Math.Max(largest, scores[i]);
        }

        var sum = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            sum += i == targetClass ? 0 : Math.Exp(scores[i] - largest);
        }

        return scores[targetClass] - largest - Math.Log(sum);
    }

    /// <summary>The class with the highest score.</summary>
    public int Largest(ReadOnlySpan<float> scores) =>
        Elements == 1 ? (scores[0] >= 0 ? 1 : 0) : System.Numerics.Tensors.TensorPrimitives.IndexOfMax(scores);
}
