namespace CovidCtNet.Lib.Onnx;

/// <content>Changing weights.</content>
public sealed partial class OnnxGraph
{
    /// <summary>Replaces the weight of the same name.</summary>
    /// <param name="tensor">The new weight, of the same element type and sizes; copied.</param>
    /// <exception cref="OnnxException">There is no weight of that name, or it has another element type or other sizes.</exception>
    public void SetInitializer(OnnxTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var initializers = Model.Graph.Initializer;
        for (var i = 0; i < initializers.Count; i++)
        {
            if (initializers[i].Name != tensor.Name)
            {
                continue;
            }

            if (initializers[i].DataType != tensor.Proto.DataType || !initializers[i].Dims.Equals(tensor.Proto.Dims))
            {
                var old = new OnnxTensor(initializers[i]);
                throw new OnnxException($"Weight '{tensor.Name}' is {old.ElementType} {old.Shape}; it cannot become {tensor.ElementType} {tensor.Shape}.");
            }

            initializers[i] = tensor.Proto.Clone();
            return;
        }

        throw new OnnxException($"'{FileName ?? Name}' has no weight '{tensor.Name}'.");
    }
}
