using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>Cases of <see cref="GradientRuleTests"/>: resampling in every mode in use, up and down, by scales and by sizes.</summary>
internal static class ResizeCases
{
    private static readonly (int Height, int Width)[] Sizes = [(7, 9), (8, 10), (2, 3), (4, 1)];

    public static void Add(Dictionary<string, Action> cases)
    {
        foreach (var coordinates in new[] { "align_corners", "half_pixel", "pytorch_half_pixel", "asymmetric" })
        {
            foreach (var (height, width) in Sizes)
            {
                Case(cases, height, width, "linear", coordinates, "round_prefer_floor");
            }
        }

        foreach (var rounding in new[] { "floor", "ceil", "round_prefer_floor", "round_prefer_ceil" })
        {
            foreach (var coordinates in new[] { "asymmetric", "half_pixel", "align_corners", "tf_half_pixel_for_nn" })
            {
                // Not 5 to 7 where a position falls one unit in the last place beside a half: there the last bit of the runtime's division decides.
                Case(cases, 8, coordinates == "tf_half_pixel_for_nn" ? 8 : 7, "nearest", coordinates, rounding);
                Case(cases, 3, 2, "nearest", coordinates, rounding);
            }
        }

        foreach (var coordinates in new[] { ResizeCoordinates.AlignCorners, ResizeCoordinates.HalfPixel })
        {
            cases[$"Resize by the builder {coordinates}"] = () => FiniteDifference.Check((b, x) => b.Resize(x, 11, 9, coordinates), [2, 4, 5], OnnxElementType.Float32);
            cases[$"Resize by the builder {coordinates} 11"] = () => FiniteDifference.Check((b, x) => b.Resize(x, 11, 9, coordinates), [2, 4, 5], OnnxElementType.Float32, opset: 11);
        }

        cases["Resize with axes"] = () => FiniteDifference.Check(
            (b, x) => b.Node("Resize", [x, null, b.Initializer<float>("scales", [1.5f, 2.5f], 2)], [OnnxAttribute.Of("mode", "linear"), OnnxAttribute.Of("axes", [2L, 3])]),
            [1, 4, 4], OnnxElementType.Float32);
    }

    private static void Case(Dictionary<string, Action> cases, int height, int width, string mode, string coordinates, string rounding)
    {
        OnnxAttribute[] attributes =
        [
            OnnxAttribute.Of("mode", mode),
            OnnxAttribute.Of("coordinate_transformation_mode", coordinates),
            OnnxAttribute.Of("nearest_mode", rounding),
        ];
        cases[$"Resize {mode} {coordinates} {rounding} {height}x{width} scales"] = () => FiniteDifference.Check(
            (b, x) => b.Node("Resize", [x, null, b.Initializer<float>("s", [1, 1, OnnxGraphBuilder.ScaleReaching(4, height), OnnxGraphBuilder.ScaleReaching(5, width)], 4)], attributes),
            [1, 4, 5], OnnxElementType.Float32);
        cases[$"Resize {mode} {coordinates} {rounding} {height}x{width} sizes"] = () => FiniteDifference.Check(
            (b, x) =>
            {
                var shape = b.Node("Shape", [x]);
                var batch = b.Node("Slice", [shape, b.Initializer<long>("from", [0], 1), b.Initializer<long>("to", [2], 1)]);
                var sizes = b.Node("Concat", [batch, b.Initializer<long>("size", [height, width], 2)], [OnnxAttribute.Of("axis", 0)]);
                return b.Node("Resize", [x, null, null, sizes], attributes);
            },
            [1, 4, 5], OnnxElementType.Float32);
    }
}
