using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>
/// Curved operators that the runtime has in float32 only. Central differences at steps h and 2h are combined (Richardson) to
/// <c>(4 d(h) - d(2h)) / 3</c>, whose truncation is of order h^4: with h = 0.05 about 1e-6, and rounding is 1e-7 / 0.05 = 2e-6. The tolerance is 3e-5.
/// </summary>
internal static class SmoothCheck
{
    private const double Tolerance = 3e-5;
    private const float Step = 0.05f;

    public static void Check(Func<OnnxGraphBuilder, OnnxValue, OnnxValue> layer, int opset)
    {
        var builder = new OnnxGraphBuilder(opset: opset);
        var graph = builder.Build(builder.Identity(layer(builder, builder.Input("x", ["N", 1])), "y"));
        var gradient = GraphGradient.Append(graph, GradientSeed.Element("y", 0), ["x"]);
        // Steps of 2h around these points stay on one side of 0, where Elu bends.
        float[] points = [-2.7f, -1.3f, -0.6f, -0.2f, 0.15f, 0.4f, 1.1f, 1.9f, 2.6f];
        var actual = Runtime.Run(gradient, ("x", points, [points.Length, 1]))["gradient/x"].Values;
        var once = Differences(graph, points, Step);
        var twice = Differences(graph, points, 2 * Step);
        for (var i = 0; i < points.Length; i++)
        {
            Assert.Equal(((4 * once[i]) - twice[i]) / 3, actual[i], Tolerance);
        }
    }

    private static double[] Differences(OnnxGraph graph, float[] points, float step)
    {
        float[] up = [.. points.Select(p => p + step)];
        float[] down = [.. points.Select(p => p - step)];
        var high = Runtime.Run(graph, ("x", up, [up.Length, 1]))["y"].Values;
        var low = Runtime.Run(graph, ("x", down, [down.Length, 1]))["y"].Values;
        return [.. points.Select((_, i) => (high[i] - low[i]) / ((double)up[i] - down[i]))];
    }
}
