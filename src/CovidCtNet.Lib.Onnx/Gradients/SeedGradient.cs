namespace CovidCtNet.Lib.Onnx.Gradients;

/// <summary>The gradient of the scalars with respect to the tensor that holds them: 1 at the element, 0 elsewhere.</summary>
internal static class SeedGradient
{
    public static OnnxValue Build(OnnxGraphBuilder builder, GradientSeed seed)
    {
        var tensor = builder.Value(seed.Tensor);
        if (tensor.Shape.Count == 0 || OnnxShape.Create([.. tensor.Shape.Skip(1)]).ElementCount is not { } elements)
        {
            throw new OnnxException($"Tensor '{seed.Tensor}' has shape {tensor.Shape}; a scalar is chosen from [N, ...] with fixed sizes.");
        }

        if (seed.FixedElement is { } element)
        {
            if (element >= elements)
            {
                throw new OnnxException($"Element {element} does not exist: a row of '{seed.Tensor}' has {elements}.");
            }

            var row = new double[elements];
            row[element] = 1;
            var hot = builder.ConstantOf(tensor.ElementType, row, [1, .. tensor.Shape.Skip(1).Select(d => d.Value!.Value)]);
            return builder.Node("Expand", [hot, builder.Node("Shape", [tensor])]);
        }

        var chosen = seed.ElementInput is { } input
            ? builder.Node("Reshape", [builder.Input(input, [tensor.Shape[0]], OnnxElementType.Int64), builder.Constant([-1L, 1L])])
            : builder.Node("ArgMax", [builder.Node("Reshape", [tensor, builder.Constant([-1L, elements])])], [OnnxAttribute.Of("axis", 1)]);
        var every = builder.Constant<long>("elements/", [.. Enumerable.Range(0, (int)elements).Select(i => (long)i)], 1, elements);
        var mask = builder.Node("Cast", [builder.Node("Equal", [chosen, every])], [OnnxAttribute.Of("to", (long)tensor.ElementType)]);
        return builder.ReshapeLike(mask, tensor);
    }
}
