using CovidCtNet.Lib.Onnx.Files;
using CovidCtNet.Lib.Onnx.Protos;
using CovidCtNet.Lib.Onnx.Shapes;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// Builds a graph layer by layer, or extends one. Every value carries its shape, so a layer that does not fit fails where it is added, by name. The
/// same calls give the same bytes. Tensors are named after the layer that makes them, within the open scopes: <c>stage1/attention/mask</c>.
/// </summary>
public sealed partial class OnnxGraphBuilder
{
    /// <summary>The operator set a new graph uses unless told.</summary>
    public const int DefaultOpset = 18;

    private readonly OnnxGraph? _extended;
    private readonly ModelProto _model;
    private readonly ShapeEngine _shapes;
    private readonly HashSet<string> _tensorNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _nodeNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _suffixes = new(StringComparer.Ordinal);
    private readonly Stack<string> _scopes = new();
    private readonly Dictionary<string, OnnxValue> _constants = new(StringComparer.Ordinal);
    private bool _finished;

    /// <summary>Starts an empty graph.</summary>
    /// <param name="graphName">Name of the graph.</param>
    /// <param name="opset">Standard operator set, 11 to 21.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="opset"/> is out of range.</exception>
    public OnnxGraphBuilder(string graphName = "graph", int opset = DefaultOpset)
    {
        ArgumentException.ThrowIfNullOrEmpty(graphName);
        ArgumentOutOfRangeException.ThrowIfLessThan(opset, GraphValidator.OldestOpset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(opset, GraphValidator.NewestOpset);
        OpsetVersion = opset;
        _model = new ModelProto { IrVersion = IrVersionFor(opset), ProducerName = "CovidCtNet", Graph = new GraphProto { Name = graphName } };
        _shapes = new ShapeEngine(opset);
    }

    private OnnxGraphBuilder(OnnxGraph graph, IReadOnlyDictionary<string, OnnxShape>? inputShapes)
    {
        _extended = graph;
        _model = graph.Model;
        OpsetVersion = graph.OpsetVersion;
        _shapes = GraphShapes.Run(graph, inputShapes);
        foreach (var node in _model.Graph.Node)
        {
            _nodeNames.Add(node.Name);
            _tensorNames.UnionWith(node.Output);
        }

        _tensorNames.UnionWith(_model.Graph.Input.Select(i => i.Name));
        _tensorNames.UnionWith(_model.Graph.Initializer.Select(i => i.Name));
    }

    /// <summary>Standard operator set of the graph.</summary>
    public int OpsetVersion { get; }

    internal ShapeEngine Facts => _shapes;

    internal GraphProto Graph => _model.Graph;

    /// <summary>Starts from a copy of a graph; its tensors are reached by <see cref="Value"/>, its outputs stay.</summary>
    /// <param name="graph">The graph; not changed.</param>
    /// <param name="inputShapes">Shapes of inputs, where the file leaves sizes open that are known; by input name.</param>
    /// <exception cref="OnnxShapeException">Shapes of the graph do not fit its operators.</exception>
    public static OnnxGraphBuilder Extend(OnnxGraph graph, IReadOnlyDictionary<string, OnnxShape>? inputShapes = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new OnnxGraphBuilder(graph.Clone(), inputShapes);
    }

    /// <summary>Opens a scope: names of layers, weights and tensors get its prefix until it is disposed.</summary>
    /// <param name="name">Name of the scope, such as <c>stage1</c>; may hold slashes.</param>
    /// <returns>Ends the scope when disposed; the last one opened ends first.</returns>
    public IDisposable Scope(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _scopes.Push(_scopes.TryPeek(out var outer) ? $"{outer}/{name}" : name);
        return new OpenScope(_scopes);
    }

    /// <summary>Adds an input.</summary>
    /// <param name="name">Name, taken as it is: scopes do not touch it.</param>
    /// <param name="shape">Shape; a text is a symbolic size: <c>["N", 1, 224, 224]</c>.</param>
    /// <param name="elementType">Element type.</param>
    /// <exception cref="OnnxException">The name is taken.</exception>
    public OnnxValue Input(string name, OnnxShape shape, OnnxElementType elementType = OnnxElementType.Float32)
    {
        ArgumentNullException.ThrowIfNull(shape);
        RequireOpen();
        Claim(name);
        _model.Graph.Input.Add(new OnnxValueInfo(name, elementType, shape).ToProto());
        _shapes.Declare(name, new TensorFact(elementType, shape));
        return Value(name);
    }

    /// <summary>Adds a weight.</summary>
    /// <typeparam name="T">Element type; see <see cref="OnnxTensor.Create"/>.</typeparam>
    /// <param name="name">Name within the scope.</param>
    /// <param name="values">Elements, row-major.</param>
    /// <param name="dimensions">Sizes; none makes a scalar.</param>
    /// <exception cref="OnnxException">The name is taken.</exception>
    /// <exception cref="ArgumentException">The sizes do not hold the number of values.</exception>
    public OnnxValue Initializer<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> dimensions)
        where T : unmanaged
    {
        RequireOpen();
        var full = Scoped(name);
        var tensor = OnnxTensor.Create(full, values, dimensions);
        Claim(full);
        _model.Graph.Initializer.Add(tensor.Proto);
        _shapes.Declare(full, TensorFact.Of(tensor));
        return Value(full);
    }

    /// <summary>The tensor of that full name, in this graph or the one it extends.</summary>
    /// <exception cref="OnnxException">There is no such tensor.</exception>
    public OnnxValue Value(string tensorName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tensorName);
        if (!_tensorNames.Contains(tensorName))
        {
            throw new OnnxException($"The graph has no tensor '{tensorName}'. {TensorNameHint.For(_model.Graph, tensorName)}");
        }

        var fact = _shapes.Find(tensorName);
        return new OnnxValue(this, tensorName, fact?.Type ?? OnnxElementType.Undefined, fact?.Shape, _shapes.WhyUnknown(tensorName));
    }

    /// <summary>Adds any operator with one output.</summary>
    /// <param name="opType">Operator of the standard set.</param>
    /// <param name="inputs">Inputs; <see langword="null"/> for an optional one that is left out.</param>
    /// <param name="attributes">Attributes.</param>
    /// <param name="name">Name of the layer and its tensor within the scope; <see langword="null"/> for the operator's.</param>
    /// <exception cref="OnnxShapeException">The inputs do not fit the operator.</exception>
    /// <exception cref="OnnxException">The name is taken, or an input belongs to another builder.</exception>
    public OnnxValue Node(string opType, ReadOnlySpan<OnnxValue?> inputs, ReadOnlySpan<OnnxAttribute> attributes = default, string? name = null) =>
        Nodes(opType, inputs, 1, attributes, name)[0];

    /// <summary>Adds any operator. The first output is named after the layer, the others get <c>_1</c>, <c>_2</c> ...</summary>
    /// <param name="opType">Operator of the standard set.</param>
    /// <param name="inputs">Inputs; <see langword="null"/> for an optional one that is left out.</param>
    /// <param name="outputCount">Number of outputs, at least 1.</param>
    /// <param name="attributes">Attributes.</param>
    /// <param name="name">Name of the layer and its tensor within the scope; <see langword="null"/> for the operator's.</param>
    /// <inheritdoc cref="Node" path="/exception"/>
    public IReadOnlyList<OnnxValue> Nodes(
        string opType, ReadOnlySpan<OnnxValue?> inputs, int outputCount, ReadOnlySpan<OnnxAttribute> attributes = default, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(opType);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputCount, 1);
        RequireOpen();
        var layer = name is null ? Unique(Scoped(opType)) : Scoped(name);
        var node = new NodeProto { OpType = opType, Name = layer };
        foreach (var input in inputs)
        {
            if (input is not null && input.Owner != this)
            {
                throw new OnnxException($"Layer '{layer}': its input '{input.Name}' belongs to another builder.");
            }

            node.Input.Add(input?.Name ?? "");
        }

        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute.Proto);
        }

        Claim(layer);
        node.Output.Add(layer);
        for (var i = 1; i < outputCount; i++)
        {
            var extra = Unique($"{layer}_{i}");
            Claim(extra);
            node.Output.Add(extra);
        }

        _shapes.Infer(new OnnxNode(node));
        _nodeNames.Add(layer);
        _model.Graph.Node.Add(node);
        return [.. node.Output.Select(Value)];
    }

    /// <summary>States a shape that is known by construction, where the rules lose a symbol on the way.</summary>
    internal OnnxValue Declare(OnnxValue value, OnnxShape shape)
    {
        _shapes.Declare(value.Name, new TensorFact(value.ElementType, shape));
        return Value(value.Name);
    }

    /// <inheritdoc cref="Declare(OnnxValue, OnnxShape)"/>
    internal OnnxValue Declare(OnnxValue value, OnnxValue like) => like.HasShape ? Declare(value, like.Shape) : value;

    /// <summary>Asks a node of the graph for one output more than it gives.</summary>
    internal void AddOutputTo(OnnxNode node, string suffix)
    {
        var name = Unique($"{node.Outputs[0]}/{suffix}");
        Claim(name);
        if (node.Proto.Output.Count > 1)
        {
            node.Proto.Output[1] = name;
        }
        else
        {
            node.Proto.Output.Add(name);
        }

        _shapes.Infer(node);
    }

    /// <summary>Ends the building. An extended graph keeps its outputs; these are added.</summary>
    /// <param name="outputs">Outputs, in order.</param>
    /// <exception cref="OnnxException">An output belongs to another builder, or the builder has ended.</exception>
    public OnnxGraph Build(params ReadOnlySpan<OnnxValue> outputs)
    {
        RequireOpen();
        foreach (var output in outputs)
        {
            ArgumentNullException.ThrowIfNull(output, nameof(outputs));
            if (output.Owner != this)
            {
                throw new OnnxException($"Output '{output.Name}' belongs to another builder.");
            }

            if (_model.Graph.Output.All(o => o.Name != output.Name))
            {
                _model.Graph.Output.Add(new OnnxValueInfo(output.Name, output.ElementType, output.HasShape ? output.Shape : null).ToProto());
            }
        }

        _finished = true;
        if (_extended is not null)
        {
            return _extended;
        }

        _model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OpsetVersion });
        return new OnnxGraph(_model, null, OnnxLimits.Default);
    }

    /// <summary>Adds nodes and outputs to a graph in place; on an error the graph is as it was.</summary>
    internal static void AppendTo(OnnxGraph graph, Func<OnnxGraphBuilder, OnnxValue[]> append)
    {
        var main = graph.Model.Graph;
        var (nodes, initializers, outputs) = (main.Node.Count, main.Initializer.Count, main.Output.Count);
        try
        {
            var builder = new OnnxGraphBuilder(graph, null);
            builder.Build(append(builder));
        }
        catch
        {
            Cut(main.Node, nodes);
            Cut(main.Initializer, initializers);
            Cut(main.Output, outputs);
            throw;
        }
    }

    private static void Cut<T>(Google.Protobuf.Collections.RepeatedField<T> field, int count)
    {
        while (field.Count > count)
        {
            field.RemoveAt(field.Count - 1);
        }
    }

    /// <summary>The oldest file format that knows the operator set.</summary>
    private static long IrVersionFor(int opset) => opset switch
    {
        11 => 6,
        < 15 => 7,
        < 19 => 8,
        < 21 => 9,
        _ => 10,
    };

    private string Scoped(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _scopes.TryPeek(out var scope) ? $"{scope}/{name}" : name;
    }

    private string Unique(string wanted)
    {
        var candidate = wanted;
        while (_tensorNames.Contains(candidate) || _nodeNames.Contains(candidate))
        {
            var next = _suffixes[wanted] = _suffixes.GetValueOrDefault(wanted) + 1;
            candidate = $"{wanted}_{next}";
        }

        return candidate;
    }

    private void Claim(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_tensorNames.Add(name))
        {
            throw new OnnxException($"'{name}' is already a tensor of the graph; give the layer another name or a scope of its own.");
        }
    }

    private void RequireOpen()
    {
        if (_finished)
        {
            throw new OnnxException("The graph was built already; start another builder.");
        }
    }

    private sealed class OpenScope(Stack<string> scopes) : IDisposable
    {
        private readonly int _depth = scopes.Count;

        public void Dispose()
        {
            while (scopes.Count >= _depth)
            {
                scopes.Pop();
            }
        }
    }
}
