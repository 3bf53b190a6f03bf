using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Benchmarks.Audit;

/// <summary>
/// The search of the leakage audit among many slices: real ones, each turned, cut, stretched and shifted at random into many that differ,
/// and copies planted among them. Reading the files is not part of it.
/// </summary>
internal static class AuditSearch
{
    private const int Planted = 200;
    private const int Side = SliceFingerprint.Side;

    public static int Run(int count, string? folder)
    {
        var bases = Bases(folder);
        var planes = new byte[count][];
        Parallel.For(0, count - Planted, i => planes[i] = Changed(bases[i % bases.Length], new Random(i), 35, 0.35f));
        for (var i = 0; i < Planted; i++)
        {
            planes[count - Planted + i] = Changed([.. planes[i * 7].Select(b => b / 255f)], new Random(-1 - i), 0, 0.06f);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} slices from {bases.Length}, {Planted} of them copies; {Environment.ProcessorCount} processors"));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        var search = new NearDuplicateSearch(planes, (_, _) => false, new LeakageAuditOptions());
        Report("index", clock);
        clock.Restart();
        var found = search.Run(null, CancellationToken.None);
        Report("all pairs", clock);
        var hit = found.Select(p => (p.First, p.Second)).ToHashSet();
        var recalled = Enumerable.Range(0, Planted).Count(i => hit.Contains((i * 7, count - Planted + i)));
        var (looked, candidates, matched) = search.Work;
        var linear = (double)NearDuplicateSearch.HashesPerSlice * count * count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"planted copies found: {recalled} of {Planted}; pairs found: {found.Count}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hashes looked at: {looked:G4} ({looked / linear:P1} of all), correlated: {candidates:G4}, laid over each other: {matched:G4}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory of the search: {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6:F0} MB"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"for comparison, one thread, all hashes compared one by one: {Linear(count):F0} s"));
        GC.KeepAlive(search);
        return 0;
    }

    // All hashes of each slice against those of all others, measured on a few and scaled.
    private static double Linear(int count)
    {
        var random = new Random(1);
        var hashes = Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64()).ToArray();
        var (near, queries, clock) = (0L, 2000, Stopwatch.StartNew());
        for (var q = 0; q < queries; q++)
        {
            foreach (var hash in hashes)
            {
                near += BitOperations.PopCount(hash ^ hashes[q % count]) <= 10 ? 1 : 0;
            }
        }

        GC.KeepAlive(near);
        return clock.Elapsed.TotalSeconds * NearDuplicateSearch.HashesPerSlice * count / queries;
    }

    private static float[][] Bases(string? folder)
    {
        var preprocessing = new CtPreprocessing { Width = Side, Height = Side, Fit = CtFit.Stretch };
        return folder is null
            ? [.. Enumerable.Range(0, 300).AsParallel().Select(seed => preprocessing.Apply(CtPhantom.Create(seed, CtPhantomOptions.Default with { Opacities = seed % 5 }).Image))]
            : [.. SliceManifest.Load(folder).Slices.AsParallel().Select(s => preprocessing.Apply(CtImage.Load(s.Path)))];
    }

    private static byte[] Changed(float[] source, Random random, double degrees, float cut)
    {
        var (sin, cos) = Math.SinCos(degrees * ((2 * random.NextDouble()) - 1) * Math.PI / 180);
        var (left, right, top, bottom) = (cut * random.NextDouble(), cut * random.NextDouble(), cut * random.NextDouble(), cut * random.NextDouble());
        var (gain, offset) = (0.85 + (0.3 * random.NextDouble()), 0.1 * random.NextDouble());
        var result = new float[source.Length];
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var u = left + ((1 - left - right) * (x + 0.5) / Side) - 0.5;
                var v = top + ((1 - top - bottom) * (y + 0.5) / Side) - 0.5;
                var (sx, sy) = ((((u * cos) - (v * sin) + 0.5) * Side) - 0.5, (((u * sin) + (v * cos) + 0.5) * Side) - 0.5);
                var (ix, iy) = ((int)Math.Clamp(sx, 0, Side - 2), (int)Math.Clamp(sy, 0, Side - 2));
                var (fx, fy) = (Math.Clamp(sx - ix, 0, 1), Math.Clamp(sy - iy, 0, 1));
                var at = (iy * Side) + ix;
                var value = (((source[at] * (1 - fx)) + (source[at + 1] * fx)) * (1 - fy)) + (((source[at + Side] * (1 - fx)) + (source[at + Side + 1] * fx)) * fy);
                result[(y * Side) + x] = (float)((gain * value) + offset + (0.01 * ((2 * random.NextDouble()) - 1)));
            }
        }

        return FingerprintReader.Quantise(result);
    }

    private static void Report(string what, Stopwatch clock) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {clock.Elapsed.TotalSeconds:F1} s"));
}
