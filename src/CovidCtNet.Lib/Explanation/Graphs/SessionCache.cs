using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>The sessions of one graph, made when they are first needed: one for each target layer, one for the masks, one for the input.</summary>
internal sealed class SessionCache(
    OnnxGraph graph, GraphInput input, ClassScores scores, IReadOnlyDictionary<string, OnnxShape> inputShapes, CovidCtModelOptions runtime, string name) : IDisposable
{
    private const string ClassInput = "explain/class";
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ExplainSession> _sessions = new(StringComparer.Ordinal);
    private bool _disposed;

    /// <summary>Outputs: the scores, and for each layer its values and the gradient of the class's score by them.</summary>
    public ExplainSession Gradient(params string[] tensors) => Get(
        $"gradient {string.Join(' ', tensors)}",
        () =>
        {
            var scored = Folded([.. tensors, scores.Tensor]);
            scored.AddOutput(scores.Tensor);
            var seed = scores.Elements == 1 ? GradientSeed.Element(scores.Tensor, 0) : GradientSeed.FromInput(scores.Tensor, ClassInput);
            var gradient = GraphGradient.Append(scored, seed, tensors, inputShapes);
            TransposedConvolutionRewriting.Apply(gradient);
            ChannelFactorFolding.Apply(gradient);
            return gradient;
        },
        scores.Elements == 1 ? null : ClassInput,
        [scores.Tensor, .. tensors.SelectMany(t => (string[])[t, GraphGradient.OutputName(t)])]);

    /// <summary>Outputs: the channel mean of each mask, [N, 1, h, w].</summary>
    public ExplainSession ChannelMeans(IReadOnlyList<string> tensors)
    {
        string[] outputs = [.. tensors.Select(tensor => $"explain/{tensor}")];
        return Get(
            "masks",
            () =>
            {
                var explained = Folded([.. tensors]);
                foreach (var (tensor, output) in tensors.Zip(outputs))
                {
                    explained.AddChannelMeanOutput(tensor, output);
                }

                return explained;
            },
            null,
            outputs);
    }

    /// <summary>A runner of the scores alone, [N, scores].</summary>
    public ModelRunner Scores(int batchSize)
    {
        const string Output = "explain/scores";
        var (session, provider) = SessionFactory.Open(Flat().ToArray(), runtime, name);
        return new ModelRunner(
            session, input.Name, [input.Channels, input.Height, input.Width], Output, scores.Elements, batchSize,
            lanes: BatchLanes.Plan(runtime with { BatchSize = batchSize }, provider, Flat, name), copies: provider != CtExecutionProvider.Cpu, name: name);

        OnnxGraph Flat()
        {
            var builder = OnnxGraphBuilder.Extend(Copy(), inputShapes);
            return builder.Build(builder.Flatten(builder.Value(scores.Tensor), name: Output));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var session in _sessions.Values)
            {
                session.Dispose();
            }

            _sessions.Clear();
        }
    }

    // The runtime plans the memory of a batch by static shapes, which are wrong behind poolings that leave out a window.
    private OnnxGraph Copy()
    {
        var copy = graph.Clone();
        PoolRoundingRewriting.Apply(copy, inputShapes);
        return copy;
    }

    // Models are exported with their batch normalisations. The runtime folds those of a graph it runs forward, but not where a gradient
    // reads what lies between; folded here first, both passes are shorter. A tensor that folding would remove keeps the graph as it is.
    private OnnxGraph Folded(params string[] needed)
    {
        var folded = Copy();
        try
        {
            BatchNormalizationFolding.Apply(folded);
        }
        catch (OnnxShapeException)
        {
            return Copy();
        }

        return needed.All(folded.HasTensor) ? folded : Copy();
    }

    private ExplainSession Get(string key, Func<OnnxGraph> make, string? classInput, string[] outputs)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(GraphExplainer));
            if (!_sessions.TryGetValue(key, out var session))
            {
                try
                {
                    var (opened, provider) = SessionFactory.Open(make().ToArray(), runtime, name);
                    session = new ExplainSession(opened, input.Name, classInput, outputs, BatchLanes.Plan(runtime, provider, make, name), name);
                }
                catch (OnnxException e)
                {
                    throw new ExplanationException($"{name} cannot be explained this way: {e.Message}", e);
                }

                _sessions.Add(key, session);
            }

            return session;
        }
    }
}
