using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx.Files;

/// <summary>
/// Outputs a node must name. The format lets only optional outputs have an empty name; ONNX Runtime does not check it and reads memory that is not there.
/// </summary>
internal static class RequiredOutputs
{
    /// <summary>Every output is required.</summary>
    private static readonly HashSet<string> All = new(StringComparer.Ordinal) { "Split", "TopK", "DynamicQuantizeLinear" };

    /// <summary>Every output is optional, or chosen by a subgraph.</summary>
    private static readonly HashSet<string> None = new(StringComparer.Ordinal) { "RNN", "GRU", "LSTM", "If", "Loop", "Scan", "SequenceMap" };

    /// <summary>True where the node leaves out an output that it must have; of any other operator of the standard set that is the first.</summary>
    public static bool AreMissing(NodeProto node) =>
        GraphValidator.IsStandardDomain(node.Domain) && !None.Contains(node.OpType)
        && (All.Contains(node.OpType) ? node.Output.Any(o => o.Length == 0) : node.Output is [{ Length: 0 }, ..]);
}
