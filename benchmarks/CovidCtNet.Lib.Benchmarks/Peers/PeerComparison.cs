using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using CovidCtNet.Lib.Benchmarks.Throughput;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Quantization;
using CovidCtNet.Lib.Training.Native;

namespace CovidCtNet.Lib.Benchmarks.Peers;

/// <summary>
/// This library and PyTorch on the same weights and slices in one run: all take turns, and the best turn of each counts, since another
/// program on the machine can only make a turn slower. Nothing is timed before the outputs agree.
/// </summary>
internal sealed class PeerComparison(PeerOptions options)
{
    private const int Slices = 8;
    private static readonly AttentionMethod[] Both = [AttentionMethod.GradCam, AttentionMethod.GradCamPlusPlus];
    private static readonly string[] ForwardWays = ["eager", "frozen", "channels_last", "frozen_channels_last"];

    private CovidCtModelOptions Runtime => new() { BatchSize = Slices, IntraOpThreads = options.Threads };

    public int Run()
    {
        var folder = Directory.CreateTempSubdirectory("covidctnet-peers-").FullName;
        try
        {
            TorchRuntime.EnsureLoaded();
            var path = Path.Combine(folder, "model.onnx");
            var images = Enumerable.Range(0, Slices).Select(i => CtPhantom.Create(i, new CtPhantomOptions { Opacities = 3 }).Image).ToArray();
            using var model = Open();
            using (var stream = File.Create(path))
            using (var source = model.OpenRead())
            {
                source.CopyTo(stream);
            }

            using var int8 = options is { ModelPath: null, Width: null }
                ? CovidCtModel.LoadDefault(Runtime with { Precision = ModelPrecision.Int8 })
                : ModelQuantizer.Quantize(model, images).Load(Runtime);
            var planes = images.SelectMany(model.Preprocessing.Apply).ToArray();
            var data = Path.Combine(folder, "slices.bin");
            File.WriteAllBytes(data, MemoryMarshal.AsBytes<float>(planes).ToArray());
            var target = model.Explainer.DefaultTargetLayer!;
            using var python = new PythonPeer(options.Python, path, data, model.Preprocessing.Width, target, options.Threads);
            using var sharp = new TorchSharpPeer(OnnxGraph.Load(path), options.Threads);
            RequireAgreement(model, images, planes, python, sharp);
            var preparation = Preparation(folder, images, model, python);
            Report(model, [.. preparation, .. Measure(model, int8, images, planes, python, sharp)], python);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private CovidCtModel Open()
    {
        if (options.Width is not { } width)
        {
            return options.ModelPath is { } path ? CovidCtModel.Load(path, Runtime) : CovidCtModel.LoadDefault(Runtime);
        }

        return NetworkSizeBenchmarks.Untrained(width, options.Size, Runtime, ModelPrecision.Float32);
    }

    private static void RequireAgreement(CovidCtModel model, CtImage[] images, float[] planes, PythonPeer python, TorchSharpPeer sharp)
    {
        var own = model.Predict(images).Select(p => p.Logit).ToArray();
        var size = Math.Max(own.Max(Math.Abs), 1e-3);
        foreach (var (name, theirs) in new (string, double[])[]
        {
            ("PyTorch", python.Numbers("logits")),
            ("TorchSharp", [.. sharp.Logits(planes, images.Length, model.Preprocessing.Width).Select(v => (double)v)]),
        })
        {
            var difference = own.Zip(theirs, (a, b) => Math.Abs(a - b)).Max() / size;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"logits of {name} differ by {difference:E1} of their size"));
            if (!(difference < 1e-3))
            {
                throw new InvalidOperationException($"{name} computes something else; nothing is timed.");
            }
        }

        // Raw maps keep what Grad-CAM cuts at 0.
        var map = model.Explain(images[0], AttentionMethod.GradCam).RawValues.ToArray().Select(v => Math.Max(v, 0)).ToArray();
        var cam = python.Numbers("cam");
        var correlation = map.Length == cam.Length ? Correlation(map, cam) : 0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Grad-CAM of PyTorch correlates by {correlation:F5}"));
        if (!(correlation > 0.99))
        {
            throw new InvalidOperationException("The maps of PyTorch are other maps; nothing is timed.");
        }
    }

    private static double Correlation(float[] a, double[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        var dot = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        var scale = Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
        return scale == 0 ? (a.SequenceEqual(b.Select(y => (float)y)) ? 1 : 0) : dot / scale;
    }

    private List<PeerRow> Preparation(string folder, CtImage[] images, CovidCtModel model, PythonPeer python)
    {
        List<PeerRow> rows = [];
        foreach (var format in (string[])["png", "jpeg"])
        {
            var files = new PreparationFiles(folder, format, images, model.Preprocessing);
            files.RequireAgreement(python.Prepare(files, "float", values: true).Values);

            // .NET compiles what runs often anew, beside the work and not before that pauses; until it is done it is slower.
            for (var warm = Stopwatch.StartNew(); warm.Elapsed.TotalSeconds < 4;)
            {
                files.Run();
            }

            rows.Add(TakeTurns($"decode and preprocess {images[0].Width} x {images[0].Height} {format}, one thread", files.Count, [
                ("Pillow and NumPy", () => python.Prepare(files, "float", values: false).Seconds, false),
                ("Pillow and NumPy, whole gray values", () => python.Prepare(files, "gray", values: false).Seconds, false),
                ("", Timed(files.Run), true),
            ]));
        }

        return rows;
    }

    private List<PeerRow> Measure(CovidCtModel model, CovidCtModel int8, CtImage[] images, float[] planes, PythonPeer python, TorchSharpPeer sharp)
    {
        var side = model.Preprocessing.Width;
        List<PeerRow> rows = [];
        foreach (var batch in (int[])[1, Slices])
        {
            var part = planes[..(batch * side * side)];
            CtImage[] some = images[..batch];
            rows.Add(TakeTurns($"forward, batch {batch}", batch, [
                .. ForwardWays.Select(way => (Name: $"PyTorch {way}", Time: (Func<double>)(() => python.Time(way, batch, 1)), Own: false)),
                ("TorchSharp channels_last", Timed(() => sharp.Logits(part, batch, side)), false),
                ("float32", Forward(model, part, batch), true),
                ("int8", Forward(int8, part, batch), true),
            ]));
            rows.Add(TakeTurns($"Grad-CAM and Grad-CAM++, batch {batch}", batch, [
                .. ((string[])["cam", "cam_channels_last"]).Select(way => (Name: $"PyTorch {way}", Time: (Func<double>)(() => python.Time(way, batch, 1)), Own: false)),
                ("float32", Timed(() => model.Explainer.Explain(some, Both)), true),
            ]));
        }

        var windows = model.Explain(images[0], AttentionMethod.Occlusion, new ExplainOptions { Occlusion = new() { Mode = OcclusionMode.Fast } }).EstimatedError?.WindowsExact ?? 64;
        rows.Add(TakeTurns($"occlusion of one slice, {windows} windows", 1, [
            ("PyTorch occlude_channels_last", () => python.Time("occlude_channels_last", windows, 1), false),
            ("float32 exact", Timed(() => model.Explain(images[0], AttentionMethod.Occlusion)), true),
            ("float32 fast mode", Timed(() => model.Explain(images[0], AttentionMethod.Occlusion, new ExplainOptions { Occlusion = new() { Mode = OcclusionMode.Fast } })), true),
        ], 1));
        return rows;
    }

    private PeerRow TakeTurns(string work, int batch, (string Name, Func<double> Time, bool Own)[] contestants, int? turns = null)
    {
        var best = new double[contestants.Length];
        Array.Fill(best, double.PositiveInfinity);
        for (var turn = -1; turn < (turns ?? options.Turns); turn++)
        {
            for (var c = 0; c < contestants.Length; c++)
            {
                var seconds = contestants[c].Time();
                best[c] = turn < 0 ? best[c] : Math.Min(best[c], seconds);
            }
        }

        var row = new PeerRow(work, [.. contestants.Select((c, i) => (c.Name, c.Own, batch / best[i]))]);
        Console.WriteLine(row);
        return row;
    }

    private static Func<double> Forward(CovidCtModel model, float[] planes, int batch)
    {
        var length = planes.Length / batch;
        return Timed(() =>
        {
            using var prepared = model.RentBatch(batch);
            for (var i = 0; i < batch; i++)
            {
                planes.AsSpan(i * length, length).CopyTo(prepared.Plane(i));
            }

            prepared.Run(CancellationToken.None);
        });
    }

    private static Func<double> Timed(Action work) => () =>
    {
        var begun = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    };

    private void Report(CovidCtModel model, List<PeerRow> rows, PythonPeer python)
    {
        var network = model.Contract.Network;
        string[] lines =
        [
            string.Create(CultureInfo.InvariantCulture, $"# Peers: {network.Architecture}, width {network.Width}, {network.InputWidth} x {network.InputHeight}"),
            "",
            $"{MachineName.Describe()}, {options.Threads} threads. Images a second, best of turns that all took in one run. PyTorch {python.Version} of Debian (an old build with plain BLAS; convolutions go",
            $"through oneDNN) and libtorch through TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3)}. Ratios are against the best peer of the row. Maps of this library include",
            "preprocessing; those of PyTorch do not. All end at the layer's size, and the backward pass of PyTorch at the layer.",
            "",
            "| work | who | images/s | ratio |",
            "| --- | --- | --- | --- |",
            .. rows.SelectMany(r => r.ToMarkdown()),
        ];
        var path = MachineName.ResultPath(string.Create(CultureInfo.InvariantCulture, $"peers-width{network.Width}-{network.InputWidth}px-{options.Threads}threads"), "md");
        File.WriteAllLines(path, lines);
        Console.WriteLine($"Written: {path}");
    }
}
