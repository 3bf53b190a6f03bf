using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx;

/// <summary>One operator of a graph, as a view of the file's data.</summary>
public sealed class OnnxNode
{
    internal OnnxNode(NodeProto proto) => Proto = proto;

    /// <summary>Name of the node; where the file gives none, the name of its first output.</summary>
    public string Name => NameOf(Proto);

    /// <summary>Operator, such as <c>Conv</c>.</summary>
    public string OpType => Proto.OpType;

    /// <summary>Operator set of the operator; empty for the standard one.</summary>
    public string Domain => Proto.Domain is "ai.onnx" ? "" : Proto.Domain;

    /// <summary>Names of the input tensors; empty for an optional input that is left out.</summary>
    public IReadOnlyList<string> Inputs => Proto.Input;

    /// <summary>Names of the output tensors; empty for an optional output that is left out.</summary>
    public IReadOnlyList<string> Outputs => Proto.Output;

    /// <summary>Names of the attributes.</summary>
    public IEnumerable<string> AttributeNames => Proto.Attribute.Select(a => a.Name);

    internal NodeProto Proto { get; }

    /// <summary>True where the node has the attribute.</summary>
    public bool HasAttribute(string name) => Find(name) is not null;

    /// <summary>An integer attribute, or <paramref name="missing"/>.</summary>
    public long GetInteger(string name, long missing) => Find(name)?.I ?? missing;

    /// <summary>A float attribute, or <paramref name="missing"/>.</summary>
    public float GetSingle(string name, float missing) => Find(name)?.F ?? missing;

    /// <summary>A text attribute, or <paramref name="missing"/>.</summary>
    public string GetText(string name, string missing) => Find(name)?.S.ToStringUtf8() ?? missing;

    /// <summary>A list of integers, or <see langword="null"/>.</summary>
    public long[]? GetIntegers(string name) => Find(name) is { } attribute ? [.. attribute.Ints] : null;

    /// <summary>A list of floats, or <see langword="null"/>.</summary>
    public float[]? GetSingles(string name) => Find(name) is { } attribute ? [.. attribute.Floats] : null;

    /// <summary>A tensor attribute, or <see langword="null"/>.</summary>
    public OnnxTensor? GetTensor(string name) => Find(name)?.T is { } tensor ? new OnnxTensor(tensor) : null;

    internal static string NameOf(NodeProto node) =>
        node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault(o => o.Length > 0) ?? $"(unnamed {node.OpType})";

    private AttributeProto? Find(string name)
    {
        foreach (var attribute in Proto.Attribute)
        {
            if (attribute.Name == name)
            {
                return attribute;
            }
        }

        return null;
    }
}
