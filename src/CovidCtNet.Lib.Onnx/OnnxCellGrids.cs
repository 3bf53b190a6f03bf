using CovidCtNet.Lib.Onnx.Shapes;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// The centres of the receptive fields of all feature maps of a graph (Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional
/// Neural Networks", Distill 2019, equations 1 and 4). A map of strided layers with odd windows begins at the first pixel and ends before the
/// last one: stretched over the whole input it lies up to half a cell beside what its cells look at.
/// </summary>
public sealed class OnnxCellGrids
{
    // They move pixels in ways that are no grid any more.
    private static readonly HashSet<string> Moving =
        ["Transpose", "Reshape", "DepthToSpace", "SpaceToDepth", "GridSample", "ConvTranspose", "MatMul", "Gemm", "Expand", "Gather", "GatherElements", "GatherND", "ScatterElements", "ScatterND", "MaxUnpool", "Col2Im", "ReverseSequence"];

    private readonly OnnxShapeInference _shapes;
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);

    private OnnxCellGrids(OnnxShapeInference shapes) => _shapes = shapes;

    /// <summary>Works out the grids of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="shapes">Its shapes.</param>
    /// <param name="input">Name of the input [N, C, H, W].</param>
    public static OnnxCellGrids Find(OnnxGraph graph, OnnxShapeInference shapes, string input)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(shapes);
        ArgumentException.ThrowIfNullOrEmpty(input);
        var grids = new OnnxCellGrids(shapes);
        grids._places[input] = new Place(new OnnxCellGrid(0, 1, 0, 1), Enlarged: false);
        foreach (var node in graph.Nodes)
        {
            if (grids.Of(node) is { } place)
            {
                foreach (var output in node.Outputs.Where(o => grids.SizeOf(o) is not null))
                {
                    grids._places[output] = place;
                }
            }
        }

        return grids;
    }

    /// <summary>
    /// The grid of a feature map [N, C, h, w]; null where the tensor does not come from the input by convolutions, poolings, resizing and
    /// operators that leave every cell in its place.
    /// </summary>
    public OnnxCellGrid? Find(string tensor) => _places.TryGetValue(tensor, out var place) ? place.Grid : null;

    private Place? Of(OnnxNode node)
    {
        // Of branches that meet, the one that was not made smaller and larger again says most precisely where it looks.
        if (node.Inputs.Where(_places.ContainsKey).MinBy(i => _places[i].Enlarged) is not { } source || Moving.Contains(node.OpType) || node.Outputs is not [var output, ..]
            || SizeOf(source) is not { } from || SizeOf(output) is not { } to)
        {
            return null;
        }

        var place = _places[source];
        return node.OpType switch
        {
            "Conv" or "MaxPool" or "AveragePool" or "LpPool" => Slide(node, place, from),
            "Resize" or "Upsample" => Resize(node, place, from, to),
            _ => from == to ? place : null,
        };
    }

    private Place? Slide(OnnxNode node, Place place, (long Height, long Width) from)
    {
        var kernel = node.GetIntegers("kernel_shape") ?? (node.OpType == "Conv" ? _shapes.Find(node.Inputs[1])?.Shape?.ToSizes()?[2..] : null);
        if (kernel is not { Length: 2 })
        {
            return null;
        }

        var window = WindowGeometry.Of(node, [from.Height, from.Width], kernel, reason => new OnnxShapeException($"Node '{node.Name}' ({node.OpType}) {reason}."));
        var g = place.Grid;
        return place with
        {
            Grid = new OnnxCellGrid(g.FirstRow + (g.RowStride * Middle(0)), g.RowStride * window.Strides[0], g.FirstColumn + (g.ColumnStride * Middle(1)), g.ColumnStride * window.Strides[1]),
        };

        double Middle(int axis) => ((window.Kernel[axis] - 1) * window.Dilations[axis] / 2.0) - window.PadsBegin[axis];
    }

    // The transformations of the operator's specification from a place in the output to one in the input.
    private static Place? Resize(OnnxNode node, Place place, (long Height, long Width) from, (long Height, long Width) to)
    {
        var mode = node.GetText("coordinate_transformation_mode", node.OpType == "Upsample" ? "asymmetric" : "half_pixel");
        if (mode is not ("half_pixel" or "pytorch_half_pixel" or "asymmetric" or "align_corners"))
        {
            return null;
        }

        var g = place.Grid;
        var (rowStep, row) = Step(from.Height, to.Height);
        var (columnStep, column) = Step(from.Width, to.Width);
        return new Place(
            new OnnxCellGrid(g.FirstRow + (g.RowStride * row), g.RowStride * rowStep, g.FirstColumn + (g.ColumnStride * column), g.ColumnStride * columnStep),
            place.Enlarged || to.Height > from.Height || to.Width > from.Width);

        (double Step, double First) Step(long before, long after)
        {
            var step = mode == "align_corners" && after > 1 ? (before - 1.0) / (after - 1) : (double)before / after;
            return (step, mode is "half_pixel" or "pytorch_half_pixel" ? (step - 1) / 2 : 0);
        }
    }

    private (long Height, long Width)? SizeOf(string tensor) =>
        _shapes.Find(tensor)?.Shape is { Count: 4 } shape && shape[2].Value is { } height && shape[3].Value is { } width ? (height, width) : null;

    private readonly record struct Place(OnnxCellGrid Grid, bool Enlarged);
}
