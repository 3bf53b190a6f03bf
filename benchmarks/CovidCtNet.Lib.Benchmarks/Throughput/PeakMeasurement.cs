using System.Diagnostics;
using System.Globalization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>
/// What the processor can do, by one large convolution and one large matrix product, and the share of it that networks reach. The best of
/// many turns, in which all took part.
/// </summary>
internal static class PeakMeasurement
{
    private const int Turns = 20;

    public static int Run()
    {
        List<string> lines =
        [
            "# Where the peak is, and how near networks come",
            "",
            $"{MachineName.Describe()}. Best of {Turns} turns. Operations are two for each multiplication of a convolution or matrix product.",
            "",
            "| work | GFLOP | float32 GFLOP/s | int8 GOP/s | int8 / float32 |",
            "| --- | --- | --- | --- | --- |",
        ];
        lines.AddRange([Row("3x3 convolution, 256 to 256 channels, 56 x 56", Convolution()), Row("matrix product, 1024 x 1024 x 1024", Product())]);
        foreach (var (name, width, size, batch) in new (string, double?, int, int)[]
        {
            ("default model", null, 0, 1), ("default model", null, 0, 8), ("published width, 224 px", 1.0, 224, 1), ("published width, 224 px", 1.0, 224, 8),
        })
        {
            lines.Add(Network($"{name}, batch {batch}", width, size, batch));
            Console.WriteLine(lines[^1]);
        }

        lines.AddRange(LargestLayers());
        var path = MachineName.ResultPath("peak", "md");
        File.WriteAllLines(path, lines);
        Console.WriteLine(string.Join(Environment.NewLine, lines));
        return 0;
    }

    private static OnnxGraph Convolution()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", [1, 256, 56, 56]);
        var first = builder.Relu(builder.Conv(x, Weight(builder, "w", 256, 256, 3, 3), pads: [1, 1, 1, 1]));
        return builder.Build(builder.Relu(builder.Conv(first, Weight(builder, "v", 256, 256, 3, 3), pads: [1, 1, 1, 1]), "y"));
    }

    private static OnnxGraph Product()
    {
        var builder = new OnnxGraphBuilder();
        var x = builder.Input("x", [1024, 1024]);
        var first = builder.Relu(builder.Node("MatMul", [x, Weight(builder, "w", 1024, 1024)], name: "p"));
        return builder.Build(builder.Node("MatMul", [first, Weight(builder, "v", 1024, 1024)], name: "y"));
    }

    private static OnnxValue Weight(OnnxGraphBuilder builder, string name, params long[] sizes)
    {
        var random = new Random(1);
        var values = new float[sizes.Aggregate(1L, (product, size) => product * size)];
        foreach (ref var value in values.AsSpan())
        {
            value = (random.NextSingle() - 0.5f) / 16;
        }

        return builder.Initializer<float>(name, values, sizes);
    }

    /// <summary>Two layers one behind the other, so that the first is 8 bits wide at both ends.</summary>
    private static string Row(string name, OnnxGraph graph)
    {
        var sizes = graph.Inputs[0].Shape!.ToSizes()!;
        var values = new float[sizes.Aggregate(1L, (product, size) => product * size)];
        var random = new Random(2);
        foreach (ref var value in values.AsSpan())
        {
            value = random.NextSingle();
        }

        var options = QuantizationOptions.Default with { KeepHeadInFloat = false, CorrectBiases = false, Calibration = CalibrationMethod.MinMax };
        var statistics = new CalibrationStatistics();
        foreach (var tensor in GraphQuantizer.TensorsToCalibrate(graph, options))
        {
            statistics.Add(tensor, [0f, 2f], 2);
        }

        var int8 = GraphQuantizer.Quantize(graph, statistics, options).Graph;
        using var input = OrtValue.CreateTensorValueFromMemory(values, sizes);
        var operations = graph.Nodes.Any(n => n.OpType == "MatMul") ? 4.0 * 1024 * 1024 * 1024 : OperationCount.ByLayer(graph).Sum(l => l.Operations);
        var (exact, rounded) = TakeTurns(graph.ToArray(), int8.ToArray(), "x", "y", input);
        var line = Format(name, operations, operations / exact, operations / rounded);
        Console.WriteLine(line);
        return line;
    }

    private static string Network(string name, double? width, int size, int batch)
    {
        using var exact = width is { } w ? NetworkSizeBenchmarks.Untrained(w, size, CovidCtModelOptions.Default, ModelPrecision.Float32) : CovidCtModel.LoadDefault();
        using var rounded = width is { } v ? NetworkSizeBenchmarks.Untrained(v, size, CovidCtModelOptions.Default, ModelPrecision.Int8) : CovidCtModel.LoadDefault(new CovidCtModelOptions { Precision = ModelPrecision.Int8 });
        var network = exact.Contract.Network;
        var values = Enumerable.Range(0, batch).SelectMany(i => exact.Preprocessing.Apply(CtPhantom.Create(i).Image)).ToArray();
        using var input = OrtValue.CreateTensorValueFromMemory(values, [batch, 1, network.InputHeight, network.InputWidth]);
        var operations = batch * OperationCount.ByLayer(OnnxGraph.Load(exact.OpenRead())).Sum(l => l.Operations);
        var (a, b) = TakeTurns(exact.ModelBytes, rounded.ModelBytes, ModelContract.InputName, ModelContract.LogitsName, input);
        return Format(name, operations, operations / a, operations / b);
    }

    private static string Format(string name, double operations, double exact, double rounded) => string.Create(
        CultureInfo.InvariantCulture, $"| {name} | {operations / 1e9:F2} | {exact / 1e9:F1} | {rounded / 1e9:F1} | {rounded / exact:F2} |");

    private static (double Exact, double Rounded) TakeTurns(byte[] exact, byte[] rounded, string inputName, string outputName, OrtValue input)
    {
        using var first = new InferenceSession(exact);
        using var second = new InferenceSession(rounded);
        using var run = new RunOptions();
        var best = (Exact: double.PositiveInfinity, Rounded: double.PositiveInfinity);
        for (var turn = -2; turn < Turns; turn++)
        {
            var (a, b) = (Time(first), Time(second));
            best = turn < 0 ? best : (Math.Min(best.Exact, a), Math.Min(best.Rounded, b));
        }

        return best;

        double Time(InferenceSession session)
        {
            var begun = Stopwatch.GetTimestamp();
            using var results = session.Run(run, [inputName], [input], [outputName]);
            return Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }
    }

    private static IEnumerable<string> LargestLayers()
    {
        using var model = CovidCtModel.LoadDefault();
        var layers = OperationCount.ByLayer(OnnxGraph.Load(model.OpenRead()));
        var all = layers.Sum(l => l.Operations);
        return
        [
            "",
            string.Create(CultureInfo.InvariantCulture, $"The default model: {layers.Count} layers with weights, {all / 1e9:F3} GFLOP a slice. The largest:"),
            "",
            "| layer | MFLOP | share |",
            "| --- | --- | --- |",
            .. layers.OrderByDescending(l => l.Operations).Take(10).Select(l => string.Create(CultureInfo.InvariantCulture, $"| {l.Name} | {l.Operations / 1e6:F1} | {l.Operations / all:P1} |")),
        ];
    }
}
