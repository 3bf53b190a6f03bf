namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Runs the shape rules over a whole graph.</summary>
internal static class GraphShapes
{
    public static ShapeEngine Run(OnnxGraph graph, IReadOnlyDictionary<string, OnnxShape>? inputShapes)
    {
        var engine = new ShapeEngine(graph.OpsetVersion);
        foreach (var value in graph.Model.Graph.ValueInfo.Select(OnnxValueInfo.From).Concat(graph.Outputs))
        {
            engine.Declare(value.Name, new TensorFact(value.ElementType, value.Shape));
        }

        foreach (var input in graph.Inputs)
        {
            engine.Declare(input.Name, new TensorFact(input.ElementType, Given(input, inputShapes)));
        }

        foreach (var initializer in graph.Initializers)
        {
            engine.Declare(initializer.Name, TensorFact.Of(initializer));
        }

        foreach (var node in graph.Nodes)
        {
            engine.Infer(node);
        }

        return engine;
    }

    private static OnnxShape? Given(OnnxValueInfo input, IReadOnlyDictionary<string, OnnxShape>? inputShapes)
    {
        if (inputShapes?.GetValueOrDefault(input.Name) is not { } given)
        {
            // An open size without a name gets one, so that it is recognised further on.
            return input.Shape is null ? null
                : OnnxShape.Create([.. input.Shape.Select((d, i) => d == OnnxDimension.Unknown ? OnnxDimension.FromString($"{input.Name}_{i}") : d)]);
        }

        return input.Shape is null || input.Shape.MayEqual(given) ? given
            : throw new OnnxException($"Input '{input.Name}' is declared with shape {input.Shape}; the given shape {given} contradicts it.");
    }
}
