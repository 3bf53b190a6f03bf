using CovidCtNet.Lib.Onnx.Files;
using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// An ONNX model as data: its nodes, weights, inputs, outputs and metadata, without a runtime. What this library does not know
/// of the format (functions, training information, annotations) is kept and written back.
/// Not safe for concurrent changes; reading from several threads is.
/// </summary>
public sealed partial class OnnxGraph
{
    private readonly List<OperatorSetIdProto> _operatorSets;
    private readonly MetadataDictionary _metadata;

    internal OnnxGraph(ModelProto model, string? fileName, OnnxLimits limits)
    {
        FileName = fileName;
        _operatorSets = [.. model.OpsetImport];
        // Kept apart because they are written last: a file that is cut short then lacks them, and is refused.
        model.OpsetImport.Clear();
        Model = model;
        _metadata = new MetadataDictionary(model.MetadataProps);
        OpsetVersion = GraphValidator.Check(model, _operatorSets, FileName ?? "(graph in memory)", limits);
    }

    /// <summary>Path or name of the file the graph was read from, or <see langword="null"/>.</summary>
    public string? FileName { get; }

    /// <summary>Version of the file format.</summary>
    public long IrVersion => Model.IrVersion;

    /// <summary>Version of the standard operator set, 11 to 21.</summary>
    public int OpsetVersion { get; }

    /// <summary>Name of the graph.</summary>
    public string Name => Model.Graph.Name;

    /// <summary>The tool that made the file.</summary>
    public string ProducerName
    {
        get => Model.ProducerName;
        set => Model.ProducerName = value;
    }

    /// <summary>Version of the tool that made the file.</summary>
    public string ProducerVersion
    {
        get => Model.ProducerVersion;
        set => Model.ProducerVersion = value;
    }

    /// <summary>Description of the model.</summary>
    public string Description
    {
        get => Model.DocString;
        set => Model.DocString = value;
    }

    /// <summary>Key and value pairs that travel inside the file (<c>metadata_props</c>); changes are written by the next save. In the order of the file.</summary>
    public IDictionary<string, string> Metadata => _metadata;

    /// <summary>The inputs a caller feeds. Initializers that old files list among the inputs are left out.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs
    {
        get
        {
            var constants = Model.Graph.Initializer.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
            return [.. Model.Graph.Input.Where(i => !constants.Contains(i.Name)).Select(OnnxValueInfo.From)];
        }
    }

    /// <summary>The outputs.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs => [.. Model.Graph.Output.Select(OnnxValueInfo.From)];

    /// <summary>The nodes; every node stands after those it depends on.</summary>
    public IReadOnlyList<OnnxNode> Nodes => [.. Model.Graph.Node.Select(n => new OnnxNode(n))];

    /// <summary>The weights, in the order of the file.</summary>
    public IReadOnlyList<OnnxTensor> Initializers => [.. Model.Graph.Initializer.Select(i => new OnnxTensor(i))];

    internal ModelProto Model { get; }

    internal IReadOnlyList<OperatorSetIdProto> OperatorSets => _operatorSets;

    /// <summary>The weight of that name, or <see langword="null"/>.</summary>
    public OnnxTensor? FindInitializer(string name) =>
        Model.Graph.Initializer.FirstOrDefault(i => i.Name == name) is { } proto ? new OnnxTensor(proto) : null;

    /// <summary>True where <paramref name="tensorName"/> is an input, a weight, or an output of a node.</summary>
    public bool HasTensor(string tensorName) =>
        tensorName.Length > 0 &&
        (Model.Graph.Node.Any(n => n.Output.Contains(tensorName))
        || Model.Graph.Input.Any(i => i.Name == tensorName)
        || Model.Graph.Initializer.Any(i => i.Name == tensorName));

    /// <summary>Makes a tensor of the graph an output as well; does nothing where it is one.</summary>
    /// <param name="tensorName">Name of the tensor.</param>
    /// <param name="elementType">Its element type; <see cref="OnnxElementType.Undefined"/> takes what the file declares, and leaves the rest to the runtime.</param>
    /// <param name="shape">Its shape, or <see langword="null"/> for what the file declares.</param>
    /// <exception cref="OnnxException">There is no such tensor.</exception>
    public void AddOutput(string tensorName, OnnxElementType elementType = OnnxElementType.Undefined, OnnxShape? shape = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(tensorName);
        RequireTensor(tensorName);
        if (Model.Graph.Output.Any(o => o.Name == tensorName))
        {
            return;
        }

        var info = new OnnxValueInfo(tensorName, elementType, shape);
        var declared = Model.Graph.ValueInfo.Concat(Model.Graph.Input).FirstOrDefault(v => v.Name == tensorName);
        Model.Graph.Output.Add(elementType == OnnxElementType.Undefined && declared is not null ? declared.Clone() : info.ToProto());
    }

    /// <summary>
    /// Appends the mean over the channels of a tensor [N, C, h, w] as a new output [N, 1, h, w]: the map an attention mask or a feature makes.
    /// </summary>
    /// <param name="tensorName">Name of the tensor [N, C, h, w].</param>
    /// <param name="outputName">Name of the new output; must be free.</param>
    /// <exception cref="OnnxException">There is no such tensor, or the output name is taken.</exception>
    /// <exception cref="OnnxShapeException">The shape of the tensor is known and has fewer than two dimensions.</exception>
    public void AddChannelMeanOutput(string tensorName, string outputName)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputName);
        RequireTensor(tensorName);
        if (HasTensor(outputName))
        {
            throw new OnnxException($"'{outputName}' is already a tensor of the graph; choose another output name.");
        }

        OnnxGraphBuilder.AppendTo(this, builder => [builder.ReduceMean(builder.Value(tensorName), [1], keepDimensions: true, outputName)]);
    }

    /// <summary>
    /// Keeps these outputs only, and removes the nodes and weights that served no other: a runtime computes every output, asked for or not. Inputs stay.
    /// </summary>
    /// <param name="outputNames">Outputs to keep, in the order they get; at least one.</param>
    /// <exception cref="OnnxException">One of them is no output.</exception>
    public void KeepOutputs(params IReadOnlyList<string> outputNames)
    {
        ArgumentNullException.ThrowIfNull(outputNames);
        ArgumentOutOfRangeException.ThrowIfZero(outputNames.Count, nameof(outputNames));
        var outputs = Model.Graph.Output.ToDictionary(o => o.Name, StringComparer.Ordinal);
        List<ValueInfoProto> kept = [];
        foreach (var name in outputNames.Distinct(StringComparer.Ordinal))
        {
            kept.Add(outputs.GetValueOrDefault(name)
                ?? throw new OnnxException($"'{FileName ?? Name}' has no output '{name}'. Its outputs are: {string.Join(", ", outputs.Keys)}."));
        }

        Model.Graph.Output.Clear();
        Model.Graph.Output.AddRange(kept);
        UnusedValues.RemoveWithNodes(Model.Graph);
    }

    /// <summary>A copy that shares nothing with this graph that can change.</summary>
    public OnnxGraph Clone()
    {
        var model = Model.Clone();
        model.OpsetImport.AddRange(_operatorSets.Select(o => o.Clone()));
        return new OnnxGraph(model, FileName, OnnxLimits.Default);
    }

    /// <summary>
    /// SHA-256 over the weights, as 64 lower-case hexadecimal digits: the identity of a trained network, whichever way the file encodes it.
    /// </summary>
    /// <remarks>
    /// The hash runs over the initializers of the main graph in ordinal (UTF-16 code unit) order of name; each contributes, integers
    /// little-endian: the byte count of its UTF-8 name (int32), the name, the number of the element type (int32), the rank (int32), each size
    /// (int64), the byte count of its data (int64) and the data, row-major, little-endian, 4-bit types two to a byte. A text element is its
    /// UTF-8 byte count (int32) and bytes, and the byte count of the data is their sum.
    /// </remarks>
    public string ComputeWeightsSha256() => WeightsHash.Compute(Model.Graph.Initializer);

    internal void RequireTensor(string tensorName)
    {
        if (!HasTensor(tensorName))
        {
            throw new OnnxException($"'{FileName ?? Name}' has no tensor '{tensorName}'. {TensorNameHint.For(Model.Graph, tensorName)}");
        }
    }
}
