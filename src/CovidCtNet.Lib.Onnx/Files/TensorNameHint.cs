using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx.Files;

/// <summary>Helps a caller who named a tensor that is not there.</summary>
internal static class TensorNameHint
{
    public static string For(GraphProto graph, string wanted)
    {
        var names = graph.Node.SelectMany(n => n.Output).Where(o => o.Length > 0).ToList();
        var near = names.Where(n => n.Contains(wanted, StringComparison.OrdinalIgnoreCase) || (n.Length > 2 && wanted.Contains(n, StringComparison.OrdinalIgnoreCase))).Take(5).ToList();
        return near.Count > 0 ? $"Names like it: {string.Join(", ", near)}."
            : names.Count > 0 ? $"Its last tensors are: {string.Join(", ", names.TakeLast(5))}."
            : "It has no nodes.";
    }
}
