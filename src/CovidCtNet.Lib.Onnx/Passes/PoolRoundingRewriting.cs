using CovidCtNet.Lib.Onnx.Protos;
using CovidCtNet.Lib.Onnx.Shapes;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// Writes poolings that round up and leave out a window, because it would start in the padding at the end, as poolings that round down. The values stay,
/// but ONNX Runtime's static shapes count the window that its kernels leave out: gradients then do not fit, or are computed in memory planned for other sizes.
/// </summary>
public static class PoolRoundingRewriting
{
    /// <summary>Rewrites in place. What leaves out no window, or whose sizes are open, is left alone.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputShapes">Shapes of inputs, where the file leaves height or width open; by input name.</param>
    /// <returns>How many nodes were rewritten.</returns>
    /// <exception cref="OnnxShapeException">Shapes of the graph do not fit its operators.</exception>
    /// <exception cref="OnnxUnsupportedOperatorException">A pooling with indices and dilations leaves out a window along one axis and needs one beyond the padding along another.</exception>
    public static int Apply(OnnxGraph graph, IReadOnlyDictionary<string, OnnxShape>? inputShapes = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var main = graph.Model.Graph;
        OnnxNode[] candidates = [.. graph.Nodes.Where(RoundsUp)];
        if (candidates.Length == 0)
        {
            return 0;
        }

        var shapes = GraphShapes.Run(graph, inputShapes);
        var names = new GraphNames(main);
        var rewritten = 0;
        foreach (var node in candidates)
        {
            if (Geometry(node, shapes) is { } geometry && Enumerable.Range(0, geometry.Axes).Any(geometry.DropsWindow))
            {
                Rewrite(main, names, node, geometry);
                rewritten++;
            }
        }

        return rewritten;
    }

    private static bool RoundsUp(OnnxNode node) =>
        node.Domain.Length == 0 && node.OpType is "MaxPool" or "AveragePool" or "LpPool" && node.GetInteger("ceil_mode", 0) != 0
        && node.GetText("auto_pad", "NOTSET") is "NOTSET" or "VALID";

    private static WindowGeometry? Geometry(OnnxNode node, ShapeEngine shapes) =>
        node.GetIntegers("kernel_shape") is { } kernel && shapes.Find(node.Inputs[0])?.Shape is { Count: > 2 } shape
        && OnnxShape.Create([.. shape.Skip(2)]).ToSizes() is { } sizes
            ? WindowGeometry.Of(node, sizes, kernel, reason => new OnnxShapeException(node.Name, node.OpType, reason))
            : null;

    private static void Rewrite(GraphProto main, GraphNames names, OnnxNode node, WindowGeometry geometry)
    {
        // Along an axis that leaves out a window, rounding down with the same padding gives what is left. Along the others padding makes room for the
        // last window; but an average can count padding, which it does not do for what lies beyond, and no runtime pads by a whole kernel.
        long[] ends = [.. Enumerable.Range(0, geometry.Axes).Select(a => geometry.DropsWindow(a) ? geometry.PadsEnd[a] : RoomForLast(geometry, a))];
        var grows = !ends.AsSpan().SequenceEqual(geometry.PadsEnd);
        if (!grows || (node.GetInteger("count_include_pad", 0) == 0 && ends.Zip(geometry.Kernel).All(p => p.First < p.Second)))
        {
            Set(node.Proto, ceiling: false, geometry.Kernel, geometry.Strides, geometry.Dilations, [.. geometry.PadsBegin, .. ends]);
            return;
        }

        if (node.Outputs.Skip(1).Any(o => o.Length > 0))
        {
            throw new OnnxUnsupportedOperatorException(node.Name, node.OpType, "rounds up in a way that cannot be written with padding alone");
        }

        Split(main, names, node.Proto, geometry);
    }

    private static long RoomForLast(WindowGeometry geometry, int axis) => Math.Max(
        geometry.PadsEnd[axis], ((geometry.Output[axis] - 1) * geometry.Strides[axis]) + geometry.Reach(axis) - geometry.Input[axis] - geometry.PadsBegin[axis]);

    // Pooling works axis by axis: first those that leave out a window, rounding down, then the others, rounding up.
    private static void Split(GraphProto main, GraphNames names, NodeProto second, WindowGeometry geometry)
    {
        var first = second.Clone();
        first.Name = names.Claim($"{OnnxNode.NameOf(second)}/down");
        first.Output.Clear();
        first.Output.Add(names.Claim($"{second.Output[0]}/down"));
        second.Input[0] = first.Output[0];
        main.Node.Insert(main.Node.IndexOf(second), first);
        Along(first, ceiling: false, geometry.DropsWindow);
        Along(second, ceiling: true, a => !geometry.DropsWindow(a));

        void Along(NodeProto node, bool ceiling, Func<int, bool> pools)
        {
            long[] Only(long[] values, long otherwise) => [.. values.Select((v, a) => pools(a) ? v : otherwise)];
            Set(
                node, ceiling, Only(geometry.Kernel, 1), Only(geometry.Strides, 1), Only(geometry.Dilations, 1),
                [.. Only(geometry.PadsBegin, 0), .. Only(geometry.PadsEnd, 0)]);
        }
    }

    private static void Set(NodeProto node, bool ceiling, long[] kernel, long[] strides, long[] dilations, long[] pads)
    {
        List<OnnxAttribute> attributes =
        [
            OnnxAttribute.Of("ceil_mode", ceiling ? 1 : 0), OnnxAttribute.Of("kernel_shape", kernel), OnnxAttribute.Of("strides", strides), OnnxAttribute.Of("pads", pads),
        ];
        // Averages of older operator sets do not know the attribute.
        if (dilations.Any(d => d != 1) || node.Attribute.Any(a => a.Name == "dilations"))
        {
            attributes.Add(OnnxAttribute.Of("dilations", dilations));
        }

        foreach (var name in attributes.Select(a => a.Name).Append("auto_pad"))
        {
            while (node.Attribute.FirstOrDefault(a => a.Name == name) is { } old)
            {
                node.Attribute.Remove(old);
            }
        }

        node.Attribute.Add(attributes.Select(a => a.Proto));
    }
}
