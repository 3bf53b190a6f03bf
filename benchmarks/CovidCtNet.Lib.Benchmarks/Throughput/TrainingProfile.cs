using System.Diagnostics;
using System.Globalization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Networks;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>
/// Training steps at several widths and sizes: slices a second, the time of each stage of a step, memory, and what an epoch of a thousand
/// slices takes. Every stage ends before the next begins, since nothing here runs beside it. The best step of each counts.
/// </summary>
internal static class TrainingProfile
{
    private const int Batch = 16;
    private const int EpochSlices = 1000;
    private static readonly string[] Stages = ["data", "augmentation", "forward", "loss", "backward", "optimizer"];
    private static readonly (double Width, int Size)[] Settings = [(0.25, 128), (0.25, 160), (0.25, 224), (0.5, 160), (1, 112)];

    /// <param name="steps">Steps of each setting that count, after two that do not.</param>
    public static int Run(int steps)
    {
        TorchRuntime.EnsureLoaded();
        set_num_threads(Environment.ProcessorCount);
        List<string> lines =
        [
            "# Training steps",
            "",
            FormattableString.Invariant($"{MachineName.Describe()}. Attention-56, batches of {Batch}, AdamW, channels-last weights, default augmentation. The best of {steps} steps;"),
            FormattableString.Invariant($"decoding and preprocessing a 512 x 512 PNG took {DecodeMilliseconds():F2} ms, once before training."),
            "",
            FormattableString.Invariant($"| width | size | slices/s | epoch of {EpochSlices}, s | {string.Join(" | ", Stages.Select(s => s + ", ms"))} | resident, MiB |"),
            $"| --- | --- | --- | --- | {string.Join(" | ", Stages.Select(_ => "---"))} | --- |",
        ];
        foreach (var (width, size) in Settings)
        {
            lines.Add(Row(width, size, steps));
            Console.WriteLine(lines[^1]);
        }

        var path = MachineName.ResultPath("training-profile-cpu", "md");
        File.WriteAllLines(path, lines);
        Console.WriteLine($"Written: {path}");
        return 0;
    }

    private static string Row(double width, int size, int steps)
    {
        random.manual_seed(1);
        using var network = new ResidualAttentionNetwork(NetworkOptions.Attention56 with { Width = width, InputWidth = size, InputHeight = size });
        network.UseChannelsLast();
        network.train();
        using var optimizer = optim.AdamW(network.parameters());
        var generator = new Random(1);
        var planes = new float[Batch * size * size];
        foreach (ref var value in planes.AsSpan())
        {
            value = generator.NextSingle();
        }

        using var labels = randint(2, [Batch, 1]).to(ScalarType.Float32);
        double[] best = [];
        for (var step = -2; step < steps; step++)
        {
            var times = Step(network, optimizer, planes, labels, size, step);
            best = step < 0 || (best.Length > 0 && best.Sum() <= times.Sum()) ? best : times;
        }

        using var process = Process.GetCurrentProcess();
        var rate = Batch / best.Sum() * 1000;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {width} | {size} | {rate:F1} | {EpochSlices / rate:F0} | {string.Join(" | ", best.Select(t => t.ToString("F1", CultureInfo.InvariantCulture)))} | {process.WorkingSet64 / 1024.0 / 1024.0:F0} |");
    }

    private static double[] Step(ResidualAttentionNetwork network, optim.Optimizer optimizer, float[] planes, Tensor labels, int size, int seed)
    {
        using var scope = NewDisposeScope();
        var times = new double[Stages.Length];
        var stage = 0;
        var begun = Stopwatch.GetTimestamp();
        void Ends()
        {
            times[stage++] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            begun = Stopwatch.GetTimestamp();
        }

        var batch = tensor(planes, [Batch, 1, size, size]);
        Ends();
        var changed = (Augmenter.Apply(batch, new AugmentationOptions(), seed + 10) - 0.3) / 0.2;
        Ends();
        optimizer.zero_grad();
        var logits = network.forward(changed);
        Ends();
        var loss = nn.functional.binary_cross_entropy_with_logits(logits, labels);
        Ends();
        loss.backward();
        Ends();
        optimizer.step();
        _ = loss.item<float>();
        Ends();
        return times;
    }

    private static double DecodeMilliseconds()
    {
        using var png = new MemoryStream();
        CtPhantom.Create(1, new CtPhantomOptions { Width = 512, Height = 512 }).Image.SavePng(png);
        var preprocessing = new CtPreprocessing { Width = 160, Height = 160, Fit = CtFit.Stretch, Crop = CtCrop.LungField };
        var plane = new float[160 * 160];
        var best = double.PositiveInfinity;
        for (var turn = 0; turn < 50; turn++)
        {
            using var loan = PixelArrays.Lend();
            var begun = Stopwatch.GetTimestamp();
            preprocessing.Apply(CtImage.Load(new MemoryStream(png.ToArray(), writable: false)), plane);
            best = Math.Min(best, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return best;
    }
}
