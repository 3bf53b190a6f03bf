using CovidCtNet.Lib.Explanation.Graphs;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Explanation;

/// <summary>
/// Shows where a convolutional classifier looked, from its ONNX file alone: the graph is differentiated, and a plain runtime computes
/// activations and gradients in one run. For a file of this library use <see cref="CovidCtModel.Explain(CtImage, AttentionMethod, ExplainOptions?, IProgress{double}?, CancellationToken)"/>.
/// Safe to use from many threads, and to dispose of while it is being used. Research use, not a medical device.
/// </summary>
public sealed partial class GraphExplainer : IDisposable
{
    private readonly OnnxGraph _graph;
    private readonly CtPreprocessing _preprocessing;
    private readonly GraphExplainerOptions _options;
    private readonly GraphInput _input;
    private readonly ClassScores _scores;
    private readonly SessionCache _sessions;
    private readonly List<string> _masks;
    private readonly Lazy<ModelRunner> _runner;
    private readonly bool _ownsRunner;
    private readonly int _batchSize;
    private readonly string _name;
    private readonly OnnxCellGrids _grids;

    private GraphExplainer(OnnxGraph graph, CtPreprocessing preprocessing, string? targetLayer, GraphExplainerOptions options, ModelRunner? runner)
    {
        _graph = graph;
        _preprocessing = preprocessing;
        _options = options;
        _name = options.ModelName ?? (graph.FileName is { } file ? Path.GetFileName(file) : graph.Name);
        var declared = OnlyInput(graph, _name);
        var channels = CheckInput(declared, preprocessing, options, _name);
        _input = new GraphInput(declared.Name, channels, preprocessing, options.Channels);
        _batchSize = declared.Shape![0].Value is null ? options.Runtime.BatchSize : 1;
        var inputShapes = new Dictionary<string, OnnxShape>(StringComparer.Ordinal)
        {
            [declared.Name] = [declared.Shape[0], channels, preprocessing.Height, preprocessing.Width],
        };
        try
        {
            var shapes = OnnxShapeInference.Infer(graph, inputShapes);
            _scores = ClassScores.Find(graph, shapes, options.ScoreTensor, _name);
            TargetLayers = GraphLayers.Candidates(graph, inputShapes, declared.Name, _scores.Tensor);
            _grids = OnnxCellGrids.Find(graph, shapes, declared.Name);
        }
        catch (OnnxException e)
        {
            throw new ExplanationException($"{_name} cannot be explained: {e.Message}", e);
        }

        if (options.ClassNames is { } names && names.Count != _scores.Classes)
        {
            throw new ExplanationException($"{_name} has {_scores.Classes} classes and {names.Count} names were given. Name each class, or none.");
        }

        _masks = GraphLayers.Masks(graph);
        DefaultTargetLayer = targetLayer is null ? GraphLayers.Default(TargetLayers) : Checked(targetLayer, graph);
        DefaultFusedLayers = targetLayer is null ? GraphLayers.Fused(TargetLayers, preprocessing.Width, preprocessing.Height) : [targetLayer];
        DefaultFineLayers = targetLayer is null ? GraphLayers.Fine(TargetLayers) : [];
        _sessions = new SessionCache(graph, _input, _scores, inputShapes, options.Runtime, _name);
        _ownsRunner = runner is null;
        _runner = runner is null ? new(() => _sessions.Scores(_batchSize)) : new(runner);
    }

    /// <summary>The layers that class activation maps can look at, in the order of the graph.</summary>
    public IReadOnlyList<TargetLayer> TargetLayers { get; }

    /// <summary>
    /// The layer looked at where none is named: the one given on creation or by the model's contract, else the output of the last attention module, else the last
    /// layer with more than one place. Null where the graph has no layer to look at.
    /// </summary>
    public string? DefaultTargetLayer { get; }

    /// <summary>
    /// The layers that <see cref="AttentionMethod.FusedGradCam"/> joins where none are named: the layer given on creation or by the model's contract, else the output of the attention module before the last stage and the
    /// entry and the output of the last module; in a graph without attention modules the last layer of each grid of at most an eighth of the input.
    /// </summary>
    public IReadOnlyList<string> DefaultFusedLayers { get; }

    /// <summary>
    /// The layers whose mean Layer-CAM <see cref="AttentionMethod.FusedGradCam"/> joins as well where no layer is named: an activation before the attention
    /// module before the last, and one of its trunk. Empty for graphs without attention modules, and where a layer was given on creation or by the model's contract.
    /// </summary>
    public IReadOnlyList<string> DefaultFineLayers { get; }

    /// <summary>Number of classes; two for a graph with one logit.</summary>
    public int ClassCount => _scores.Classes;

    /// <summary>Number of attention modules whose masks can be shown; 0 for most networks.</summary>
    public int AttentionModules => _masks.Count;

    /// <summary>
    /// Opens a classifier of any tool: one input [N, C, H, W] float32, class scores as output. An input [N, H, W, C] that the graph does nothing with but
    /// transpose, as Keras networks have it, is taken as [N, C, H, W].
    /// </summary>
    /// <param name="path">The ONNX file, operator set 11 to 21.</param>
    /// <param name="preprocessing">How a slice becomes the input; its size must fit the file.</param>
    /// <param name="targetLayer">The layer looked at where none is named; null chooses.</param>
    /// <param name="options">What the file does not say; <see cref="GraphExplainerOptions.Default"/> if null.</param>
    /// <exception cref="OnnxFormatException">The file is no ONNX model, is damaged or too large.</exception>
    /// <exception cref="ExplanationException">Its input, output or a layer is not as it must be; the message says what.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static GraphExplainer FromOnnx(string path, CtPreprocessing preprocessing, string? targetLayer = null, GraphExplainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        options ??= GraphExplainerOptions.Default;
        return Foreign(OnnxGraph.Load(path, new OnnxLimits { MaximumBytes = options.Runtime.MaximumModelBytes }), preprocessing, targetLayer, options);
    }

    /// <summary>Opens a graph in memory, as <see cref="FromOnnx"/> does a file.</summary>
    /// <param name="graph">The graph; copied.</param>
    /// <param name="preprocessing">How a slice becomes the input; its size must fit the graph.</param>
    /// <param name="targetLayer">The layer looked at where none is named; null chooses.</param>
    /// <param name="options">What the graph does not say; <see cref="GraphExplainerOptions.Default"/> if null.</param>
    /// <exception cref="ExplanationException">Its input, output or a layer is not as it must be; the message says what.</exception>
    public static GraphExplainer FromGraph(OnnxGraph graph, CtPreprocessing preprocessing, string? targetLayer = null, GraphExplainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(preprocessing);
        return Foreign(graph.Clone(), preprocessing, targetLayer, options ?? GraphExplainerOptions.Default);
    }

    /// <summary>Releases the sessions, once runs under way have ended. May be called from any thread, and more than once.</summary>
    public void Dispose()
    {
        _sessions.Dispose();
        if (_ownsRunner && _runner.IsValueCreated)
        {
            _runner.Value.Dispose();
        }
    }

    internal static GraphExplainer FromModel(byte[] bytes, ModelContract contract, CovidCtModelOptions runtime, ModelRunner runner)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        var graph = OnnxGraph.Load(stream, contract.Name, new OnnxLimits { MaximumBytes = runtime.MaximumModelBytes });
        var options = new GraphExplainerOptions
        {
            Runtime = runtime,
            ScoreTensor = ModelContract.LogitsName,
            ClassNames = contract.Classes,
            ModelName = contract.Name,
            ModelVersion = contract.Version,
            AttentionOffset = contract.AttentionOffset,
            Temperature = contract.Temperature,
            DefaultClass = 1,
        };
        return new GraphExplainer(graph, contract.Preprocessing, contract.AttentionLayer, options, runner);
    }

    /// <summary>A copy of the graph, to be changed.</summary>
    internal OnnxGraph CopyGraph() => _graph.Clone();

    /// <summary>An explainer of a changed copy of the graph, with everything else alike.</summary>
    internal GraphExplainer WithGraph(OnnxGraph changed) =>
        new(changed.Clone(), _preprocessing, DefaultTargetLayer, _options with { ScoreTensor = _scores.Tensor }, null);

    private static GraphExplainer Foreign(OnnxGraph graph, CtPreprocessing preprocessing, string? targetLayer, GraphExplainerOptions options)
    {
        ChannelsFirstInput.Apply(graph);
        return new GraphExplainer(graph, preprocessing, targetLayer, options, null);
    }

    private static OnnxValueInfo OnlyInput(OnnxGraph graph, string name) =>
        graph.Inputs is [var input]
            ? input
            : throw new ExplanationException($"{name} has {graph.Inputs.Count} inputs. Give a classifier with one, [N, C, H, W].");

    private static int CheckInput(OnnxValueInfo input, CtPreprocessing preprocessing, GraphExplainerOptions options, string name)
    {
        if (input is not { ElementType: OnnxElementType.Float32, Shape: { Count: 4 } shape }
            || shape[0].Value is > 1
            || !(shape[2].MayEqual(preprocessing.Height) && shape[3].MayEqual(preprocessing.Width)))
        {
            throw new ExplanationException(
                $"{name}: the input '{input.Name}' is {input.ElementType} {input.Shape?.ToString() ?? "of unknown shape"}; the preprocessing makes "
                + $"Float32 [N, C, {preprocessing.Height}, {preprocessing.Width}]. Set its width and height to those of the file; export the file with channels first (tf2onnx: --inputs-as-nchw) and a free batch size, or 1.");
        }

        var channels = (int?)shape[1].Value ?? options.Channels?.Count
            ?? throw new ExplanationException($"{name}: the input '{input.Name}' leaves its channels open. Give GraphExplainerOptions.Channels.");
        return options.Channels is { } given && given.Count != channels
            ? throw new ExplanationException($"{name}: the input '{input.Name}' has {channels} channels and {given.Count} were given.")
            : channels;
    }

    private string Checked(string layer, OnnxGraph graph)
    {
        if (TargetLayers.Any(l => l.Name == layer))
        {
            return layer;
        }

        var why = graph.HasTensor(layer) ? "is no [N, C, h, w] layer between its input and its scores" : "is no tensor of it";
        var some = string.Join(", ", TargetLayers.Select(l => l.Name).TakeLast(5));
        throw new ExplanationException($"{_name}: '{layer}' {why}. Choose one of TargetLayers, such as {some}.");
    }
}
