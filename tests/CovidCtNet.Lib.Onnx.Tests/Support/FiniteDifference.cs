using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CovidCtNet.Lib.Onnx.Tests.Support;

/// <summary>
/// Checks an appended gradient against central differences of the runtime's own results. The perturbed copies of a row are the rows of one batch.
/// </summary>
internal static class FiniteDifference
{
    /// <summary>
    /// In float64 with a step of 1e-5: truncation is of order 1e-10, rounding 1e-16 / 1e-5 = 1e-11 times the sums, so 1e-6 leaves two orders for curvature.
    /// </summary>
    public const double DoubleTolerance = 1e-6;

    /// <summary>
    /// In float32 the operators without float64 kernels are all linear in their data: a difference is exact for any step, and with a step of 0.5 rounding is
    /// 1e-7 times the size of the sums. 1e-4 leaves room for sums of about a hundred terms.
    /// </summary>
    public const double SingleTolerance = 1e-4;

    /// <summary>
    /// For curved operators in float32, differences at steps h and 2h are combined (Richardson) to <c>(4 d(h) - d(2h)) / 3</c>, whose truncation is of order h^4.
    /// With h = 0.05 that is below 1e-5 here, and rounding is 1e-7 / 0.05 = 2e-6 times the sums.
    /// </summary>
    public const double SmoothTolerance = 1e-4;

    /// <param name="layer">Adds the operator under test to x [N, ...].</param>
    /// <param name="shape">Shape of x without the batch.</param>
    /// <param name="type">Float64 where the runtime has kernels; Float32 for operators that are linear in x.</param>
    /// <param name="opset">Operator set.</param>
    /// <param name="low">Smallest input.</param>
    /// <param name="high">Largest input.</param>
    /// <param name="curved">True for a curved operator in float32.</param>
    /// <param name="seed">Of the input and the weights of the scalar.</param>
    public static void Check(
        Func<OnnxGraphBuilder, OnnxValue, OnnxValue> layer, int[] shape, OnnxElementType type = OnnxElementType.Float64, int opset = 18,
        double low = -2, double high = 2, bool curved = false, int seed = 1)
    {
        var random = new Random(seed);
        var builder = new OnnxGraphBuilder(opset: opset);
        var x = builder.Input("x", ["N", .. shape.Select(s => (OnnxDimension)s)], type);
        var y = builder.Flatten(layer(builder, x), name: "flat");
        var outputs = y.Shape[1].Value!.Value;
        var combination = Enumerable.Range(0, (int)outputs).Select(_ => random.NextDouble() - 0.5).ToArray();
        var weight = type == OnnxElementType.Float64
            ? builder.Initializer<double>("combination", combination, outputs, 1)
            : builder.Initializer<float>("combination", [.. combination.Select(v => (float)v)], outputs, 1);
        var graph = builder.Build(builder.Node("MatMul", [y, weight], name: "scalar"));
        var gradient = GraphGradient.Append(graph, GradientSeed.Element("scalar", 0), ["x"]);
        Assert.Equal("N", gradient.Outputs[^1].Shape![0].Symbol);

        var length = shape.Aggregate(1, (a, b) => a * b);
        var rows = Enumerable.Range(0, 2 * length).Select(_ => low + ((high - low) * random.NextDouble())).ToArray();
        var actual = Run(gradient, type, rows, [2, .. shape])[GraphGradient.OutputName("x")];
        Assert.Equal([2, .. shape], actual.Shape);

        var (step, tolerance) = curved ? (0.05, SmoothTolerance) : type == OnnxElementType.Float64 ? (1e-5, DoubleTolerance) : (0.5, SingleTolerance);
        for (var row = 0; row < 2; row++)
        {
            var values = rows[(row * length)..((row + 1) * length)];
            var expected = Differences(graph, type, values, shape, step);
            if (curved)
            {
                var twice = Differences(graph, type, values, shape, 2 * step);
                expected = [.. expected.Zip(twice, (once, two) => ((4 * once) - two) / 3)];
            }

            for (var i = 0; i < length; i++)
            {
                var difference = Math.Abs(expected[i] - actual.Values[(row * length) + i]);
                Assert.True(difference <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"row {row}, element {i}: {expected[i]} by differences, {actual.Values[(row * length) + i]} by the graph");
            }
        }
    }

    private static double[] Differences(OnnxGraph graph, OnnxElementType type, double[] row, int[] shape, double step)
    {
        var batch = new double[2 * row.Length * row.Length];
        for (var i = 0; i < 2 * row.Length; i++)
        {
            row.CopyTo(batch, i * row.Length);
            batch[(i * row.Length) + (i / 2)] += i % 2 == 0 ? step : -step;
        }

        var values = Run(graph, type, batch, [2 * row.Length, .. shape])["scalar"].Values;
        return [.. Enumerable.Range(0, row.Length).Select(i => (values[2 * i] - values[(2 * i) + 1]) / (2 * step))];
    }

    private static Dictionary<string, RuntimeTensor> Run(OnnxGraph graph, OnnxElementType type, double[] values, int[] shape) =>
        Runtime.Run(graph, [type == OnnxElementType.Float64
            ? NamedOnnxValue.CreateFromTensor("x", new DenseTensor<double>(values, shape))
            : NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(values.Select(v => (float)v).ToArray(), shape))]);
}
