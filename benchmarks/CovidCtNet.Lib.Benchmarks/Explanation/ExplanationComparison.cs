using System.Diagnostics;
using System.Globalization;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Agreement;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Benchmarks.Explanation;

/// <summary>
/// Maps against bare predictions of the same model in one run: what is compared takes turns, and the median of the rounds counts, so that
/// another program on the machine slows both.
/// </summary>
internal static class ExplanationComparison
{
    private const int Rounds = 31;
    private const int OcclusionRounds = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly AttentionMethod[] Both = [AttentionMethod.GradCam, AttentionMethod.GradCamPlusPlus];
    private static readonly AttentionMethod[] Joined = [AttentionMethod.FusedGradCam];

    /// <param name="modelPath">A model with a contract.</param>
    public static int Run(string modelPath)
    {
        using var model = CovidCtModel.Load(modelPath);
        var image = CtPhantom.Create(4, new CtPhantomOptions { Opacities = 5 }).Image;
        Console.WriteLine($"{model.Contract.Name} {model.Contract.Version}, {model.Preprocessing.Width} x {model.Preprocessing.Height}, {Environment.ProcessorCount} processors");
        string[] layers = [.. model.Explainer.TargetLayers.Select(l => l.Name).Where(n => n == model.Explainer.DefaultTargetLayer || n is "pre3/sum" or "attention3/after/sum" or "bn2/relu")];
        foreach (var (layer, count) in layers.SelectMany(l => (int[])[1, 8], (l, c) => (l, c)))
        {
            CtImage[] images = [.. Enumerable.Repeat(image, count)];
            var options = new ExplainOptions { TargetLayer = layer };
            var (bare, explained) = TakeTurns(Rounds, () => model.Predict(images), () => model.Explainer.Explain(images, Both, options));
            var mark = layer == model.Explainer.DefaultTargetLayer ? " (default)" : string.Empty;
            Console.WriteLine(Line($"{layer}{mark}, batch {count}: prediction {bare:0.00} ms, with Grad-CAM and Grad-CAM++ {explained:0.00} ms: {explained / bare:0.00} times"));
        }

        foreach (var count in (int[])[1, 8])
        {
            CtImage[] images = [.. Enumerable.Repeat(image, count)];
            var coarse = new ExplainOptions { FusedLayers = model.Explainer.DefaultFusedLayers };
            var (bare, joined) = TakeTurns(Rounds, () => model.Predict(images), () => model.Explainer.Explain(images, Joined));
            var (_, without) = TakeTurns(Rounds, () => model.Predict(images), () => model.Explainer.Explain(images, Joined, coarse));
            Console.WriteLine(Line($"joined map, batch {count}: prediction {bare:0.00} ms, with the map {joined:0.00} ms: {joined / bare:0.00} times; without the fine layer {without:0.00} ms"));
        }

        Occlusion(model, image);
        return 0;
    }

    private static void Occlusion(CovidCtModel model, CtImage image)
    {
        var exactOptions = new ExplainOptions();
        var fastOptions = new ExplainOptions { Occlusion = new() { Mode = OcclusionMode.Fast } };
        var fast = model.Explain(image, AttentionMethod.Occlusion, fastOptions);
        var windows = fast.EstimatedError?.WindowsExact ?? 0;

        // As many slices of the input's size as there are windows: what a loop over covered slices would cost, preprocessing aside.
        var side = CtImage.FromGray8([.. model.Preprocessing.Apply(image).Select(v => (byte)Math.Clamp(255 * ((v * model.Preprocessing.StandardDeviation) + model.Preprocessing.Mean), 0, 255))], model.Preprocessing.Width, model.Preprocessing.Height);
        CtImage[] covered = [.. Enumerable.Repeat(side, windows)];
        var (batched, exact) = TakeTurns(OcclusionRounds, () => model.Predict(covered), () => model.Explain(image, AttentionMethod.Occlusion, exactOptions));
        var (_, quick) = TakeTurns(OcclusionRounds, () => model.Predict(image), () => model.Explain(image, AttentionMethod.Occlusion, fastOptions));
        Console.WriteLine(Line($"occlusion, {windows} windows: batched prediction {batched:0} ms, exact {exact:0} ms, fast {quick:0} ms: {exact / quick:0.0} times faster than exact"));
        foreach (var seed in (int[])[4, 5, 6])
        {
            var slice = CtPhantom.Create(seed, new CtPhantomOptions { Opacities = 5 }).Image;
            var a = model.Explain(slice, AttentionMethod.Occlusion, exactOptions);
            var b = model.Explain(slice, AttentionMethod.Occlusion, fastOptions);
            Console.WriteLine(Line($"phantom {seed}: rank correlation of fast and exact {Correlation.Spearman(Doubles(a), Doubles(b)):0.000}; the fast mode's own check {b.EstimatedError?.RankCorrelation:0.000}"));
        }
    }

    private static (double First, double Second) TakeTurns(int rounds, Action first, Action second)
    {
        var (a, b) = (new double[rounds], new double[rounds]);

        // The runtime recompiles what is called often during the first seconds, on the processors that are measured.
        for (var warm = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warm) < WarmUp;)
        {
            first();
            second();
        }

        for (var i = 0; i < rounds; i++)
        {
            a[i] = Time(first);
            b[i] = Time(second);
        }

        Array.Sort(a);
        Array.Sort(b);
        return (a[rounds / 2], b[rounds / 2]);
    }

    // Threads of the other session go on waiting for work for a while; the call that they disturb is not the one that is timed.
    private static double Time(Action action)
    {
        action();
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double[] Doubles(AttentionMap map) => Array.ConvertAll(map.RawValues.ToArray(), v => (double)v);

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
