using CovidCtNet.Lib.Onnx.Shapes;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// The shapes of a graph's tensors, worked out from its inputs without running it. A symbolic batch is carried through; an operator without a
/// rule leaves its outputs to what the file declares.
/// </summary>
public sealed class OnnxShapeInference
{
    private readonly ShapeEngine _engine;

    private OnnxShapeInference(ShapeEngine engine) => _engine = engine;

    /// <summary>Works out the shapes of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputShapes">Shapes of inputs, where the file leaves sizes open that are known; by input name.</param>
    /// <exception cref="OnnxShapeException">A node's inputs do not fit its operator.</exception>
    /// <exception cref="OnnxException">A given shape contradicts what the file declares.</exception>
    public static OnnxShapeInference Infer(OnnxGraph graph, IReadOnlyDictionary<string, OnnxShape>? inputShapes = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new(GraphShapes.Run(graph, inputShapes));
    }

    /// <summary>Names of the tensors about which something is known.</summary>
    public IEnumerable<string> TensorNames => _engine.Facts.Keys;

    /// <summary>What is known about a tensor; <see langword="null"/> where nothing is.</summary>
    public OnnxValueInfo? Find(string tensorName) =>
        _engine.Find(tensorName) is { } fact ? new OnnxValueInfo(tensorName, fact.Type, fact.Shape) : null;

    /// <summary>The shape of a tensor.</summary>
    /// <exception cref="OnnxException">It is unknown; the message names the node and operator at which the trail is lost.</exception>
    public OnnxShape Require(string tensorName) =>
        _engine.Find(tensorName)?.Shape ?? throw new OnnxException($"The shape of tensor '{tensorName}' is not known: {_engine.WhyUnknown(tensorName)}.");
}
