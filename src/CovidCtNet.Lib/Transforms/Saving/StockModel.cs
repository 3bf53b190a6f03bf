using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>
/// The model as the stock ONNX step gets it. That step calls its columns what the graph calls its tensors; under the graph's own names,
/// <c>input</c> and <c>logits</c>, columns of the data with these names would be lost. So the two are renamed, and outputs that no column
/// is made of are left out. Weights and metadata are those of the model.
/// </summary>
internal static class StockModel
{
    public static byte[] Create(CovidCtModel model)
    {
        using var stream = model.OpenRead();
        var graph = OnnxGraph.Load(stream, model.SourceName, new OnnxLimits { MaximumBytes = model.ModelBytes.Length });
        graph.KeepOutputs(ModelContract.LogitsName);
        graph.RenameTensor(ModelContract.InputName, SavedColumns.NetworkInput);
        graph.RenameTensor(ModelContract.LogitsName, SavedColumns.Logits);
        return graph.ToArray();
    }
}
