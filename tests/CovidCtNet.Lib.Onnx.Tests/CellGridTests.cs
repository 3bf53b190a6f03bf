using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>A cell looks where its grid says: the place is found again by covering the input pixel by pixel.</summary>
public sealed class CellGridTests
{
    private const int Side = 48;

    // Layers of ones answer to each pixel of their window alike, or symmetrically about its middle, so that the centre of the pixels that
    // a cell answers to is the centre of its receptive field. Sums of ones are exact; only the division rounds.
    private const double Tolerance = 1e-5;

    private static readonly Dictionary<string, Func<OnnxGraphBuilder, OnnxValue, OnnxValue>> Networks = new()
    {
        ["odd windows, even pads"] = (b, x) => Conv(b, Conv(b, x, 7, 2, 3), 3, 2, 1),
        ["windows of two"] = (b, x) => Mean(b, Conv(b, Mean(b, x), 3, 1, 1)),
        ["no pads"] = (b, x) => Conv(b, Conv(b, x, 5, 3, 0), 3, 1, 0),
        ["dilated, pads on one side"] = (b, x) => b.Conv(x, Ones(b, 3), strides: [2, 2], pads: [0, 1, 4, 3], dilations: [2, 2]),
        ["twice as large"] = (b, x) => b.Resize(Conv(b, x, 3, 4, 1), 24, 24, ResizeCoordinates.HalfPixel),
        ["corners aligned"] = (b, x) => b.Resize(Conv(b, x, 3, 4, 1), 23, 23, ResizeCoordinates.AlignCorners),
        ["two branches"] = (b, x) =>
        {
            var y = Conv(b, x, 3, 2, 1);
            return b.Add(Conv(b, y, 3, 2, 1), Conv(b, y, 1, 2, 0));
        },
    };

    public static TheoryData<string> Names => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Cells_look_at_the_centre_of_the_pixels_that_they_answer_to(string name)
    {
        var builder = new OnnxGraphBuilder();
        var layer = Networks[name](builder, builder.Input("x", ["N", 1, Side, Side]));
        var graph = builder.Build(builder.Identity(layer, "y"));
        var shapes = OnnxShapeInference.Infer(graph);
        var grid = Assert.NotNull(OnnxCellGrids.Find(graph, shapes, "x").Find("y"));

        var impulses = new float[Side * Side * Side * Side];
        for (var pixel = 0; pixel < Side * Side; pixel++)
        {
            impulses[(pixel * Side * Side) + pixel] = 1;
        }

        var answers = Runtime.Run(graph, ("x", impulses, [Side * Side, 1, Side, Side]))["y"].Values;
        var (rows, columns) = ((int)shapes.Require("y")[2].Value!.Value, (int)shapes.Require("y")[3].Value!.Value);

        // Cells at the edge see padding, and their centre is another.
        var (middleRow, middleColumn) = (rows / 2, (columns / 2) - 1);
        foreach (var (row, column) in ((int, int)[])[(middleRow, middleColumn), (middleRow - 1, middleColumn + 1)])
        {
            var (sum, sumRow, sumColumn) = (0.0, 0.0, 0.0);
            for (var pixel = 0; pixel < Side * Side; pixel++)
            {
                var answer = answers[(((pixel * rows) + row) * columns) + column];
                (sum, sumRow, sumColumn) = (sum + answer, sumRow + (answer * (pixel / Side)), sumColumn + (answer * (pixel % Side)));
            }

            Assert.Equal(sumRow / sum, grid.FirstRow + (row * grid.RowStride), Tolerance);
            Assert.Equal(sumColumn / sum, grid.FirstColumn + (column * grid.ColumnStride), Tolerance);
        }
    }

    [Fact]
    public void Where_a_mask_meets_its_trunk_the_trunk_counts()
    {
        var builder = new OnnxGraphBuilder();
        var trunk = Conv(builder, builder.Input("x", ["N", 1, Side, Side]), 3, 2, 1);
        var mask = builder.Sigmoid(builder.Resize(builder.MaxPool(trunk, [3, 3], [2, 2], [1, 1, 1, 1]), 24, 24, ResizeCoordinates.HalfPixel, "mask"));
        var graph = builder.Build(builder.Mul(mask, trunk, "y"));
        var grids = OnnxCellGrids.Find(graph, OnnxShapeInference.Infer(graph), "x");

        Assert.Equal(new OnnxCellGrid(0, 2, 0, 2), grids.Find("y"));

        // A cell of the mask between two coarse cells of 4 pixels, by half_pixel: 0 + 4 * (0.5 - 1) / 2 = -1.
        Assert.Equal(new OnnxCellGrid(-1, 2, -1, 2), grids.Find("mask"));
    }

    [Fact]
    public void What_is_no_map_of_the_input_has_no_grid()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", ["N", 1, Side, Side]);
        var turned = builder.Node("Transpose", [x], [OnnxAttribute.Of("perm", [0, 1, 3, 2])], "turned");
        var graph = builder.Build(builder.GlobalAveragePool(builder.Add(turned, builder.Initializer<float>("one", [1f], [1]), "sum"), "y"));
        var grids = OnnxCellGrids.Find(graph, OnnxShapeInference.Infer(graph), "x");

        Assert.Equal(new OnnxCellGrid(0, 1, 0, 1), grids.Find("x"));
        Assert.All((string[])["turned", "sum", "y", "one", "none"], name => Assert.Null(grids.Find(name)));
    }

    private static OnnxValue Conv(OnnxGraphBuilder builder, OnnxValue x, long kernel, long stride, long pad) =>
        builder.Conv(x, Ones(builder, kernel), strides: [stride, stride], pads: [pad, pad, pad, pad]);

    private static OnnxValue Mean(OnnxGraphBuilder builder, OnnxValue x) =>
        builder.Node("AveragePool", [x], [OnnxAttribute.Of("kernel_shape", [2, 2]), OnnxAttribute.Of("strides", [2, 2])]);

    private static OnnxValue Ones(OnnxGraphBuilder builder, long kernel) =>
        builder.Initializer<float>($"ones{Guid.NewGuid():N}", [.. Enumerable.Repeat(1f, (int)(kernel * kernel))], [1, 1, kernel, kernel]);
}
