using System.Diagnostics;
using System.Globalization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Robustness.Fuzzing;

namespace CovidCtNet.Robustness.Endurance;

/// <summary>Runs long and disturbs: memory, disposal under load, many threads, cancellation, folders that fill up or vanish.</summary>
internal sealed class EnduranceRun(int seed, string? modelPath, bool small, TextWriter output)
{
    private const int Threads = 64;
    private const int LoadThreads = 8;
    private const int MeasurementsBefore = 20;
    private const double LargestGrowth = 0.01;
    private static readonly CtImage[] Slices = [.. Enumerable.Range(1, 16).Select(i => CtPhantom.Create(i, new CtPhantomOptions { Opacities = i % 4 }).Image)];
    private int _failures;

    /// <returns>0 if everything held.</returns>
    public int Run(int predictions, int explanations, int rounds, CancellationToken cancellationToken)
    {
        using (var model = Open())
        {
            Memory("predictions", predictions, i => model.Predict(Slices[i % Slices.Length], cancellationToken), cancellationToken);
            Memory("explanations", explanations, i => model.Explain(Slices[i % Slices.Length], cancellationToken: cancellationToken), cancellationToken);
            ManyThreads(model, cancellationToken);
            FolderFaults.Run(model, seed, Report);
        }

        DisposalUnderLoad(rounds, cancellationToken);
        output.WriteLine(_failures == 0 ? "Everything held." : $"{_failures} did not hold.");
        return _failures == 0 ? 0 : 1;
    }

    private CovidCtModel Open()
    {
        var options = new CovidCtModelOptions { IntraOpThreads = 1 };
        return small ? CovidCtModel.Load(new MemoryStream(FuzzSeeds.ModelBytes()), options, "small")
            : modelPath is null ? CovidCtModel.LoadDefault(options) : CovidCtModel.Load(modelPath, options);
    }

    private void Report(string what, bool holds)
    {
        _failures += holds ? 0 : 1;
        output.WriteLine($"{(holds ? "ok    " : "FAILED")} {what}");
    }

    /// <summary>
    /// Resident memory after each tenth of the work. The first three are warm-up: code is compiled anew while it runs often, and pools
    /// grow to what the work needs. From there on it must stay.
    /// </summary>
    private void Memory(string what, int count, Action<int> work, CancellationToken cancellationToken)
    {
        if (count < 10)
        {
            return;
        }

        // Measuring takes memory of its own until its code is compiled for the last time.
        for (var i = 0; i < MeasurementsBefore; i++)
        {
            ResidentMemory.Measure();
        }

        var clock = Stopwatch.StartNew();
        var tenths = new double[10];
        for (var i = 0; i < count / 10 * 10; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            work(i);
            if ((i + 1) % (count / 10) == 0)
            {
                tenths[((i + 1) / (count / 10)) - 1] = ResidentMemory.Measure();
            }
        }

        var growth = (tenths[9] - tenths[2]) / tenths[2];
        Report(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count} {what}: {string.Join(' ', tenths.Select(t => t.ToString("0.0", CultureInfo.InvariantCulture)))} MiB after each tenth ({growth:+0.00%;-0.00%} after three), {clock.Elapsed.TotalSeconds:0} s"),
            growth < LargestGrowth);
    }

    private void ManyThreads(CovidCtModel model, CancellationToken cancellationToken)
    {
        var alone = Slices.Select(s => model.Predict(s, cancellationToken).Logit).ToArray();
        var differing = 0;
        var largest = new double[Threads];
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            for (var i = 0; i < Slices.Length * 2; i++)
            {
                var slice = (i + t) % Slices.Length;
                var difference = Math.Abs(model.Predict(Slices[slice], cancellationToken).Logit - alone[slice]);
                if (difference != 0)
                {
                    Interlocked.Increment(ref differing);
                    largest[t] = Math.Max(largest[t], difference);
                }
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Report(string.Create(CultureInfo.InvariantCulture, $"{Threads} threads at once, {Threads * Slices.Length * 2} predictions: {differing} differ from those of one thread, by {largest.Max():G2} of a logit at most"), differing == 0);
    }

    /// <summary>8 threads predict while another disposes of the model: each call gives a value or says that the model is gone.</summary>
    private void DisposalUnderLoad(int rounds, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var (served, refused) = (0, 0);
        var wrong = new List<string>();
        var memory = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var model = Open();
            var threads = Enumerable.Range(0, LoadThreads).Select(t => new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        _ = t == 0 ? model.Explain(Slices[0]).Width : model.Predict(Slices[t]).Probability;
                        Interlocked.Increment(ref served);
                    }
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refused);
                }
                catch (Exception e)
                {
                    lock (wrong)
                    {
                        wrong.Add(e.ToString());
                    }
                }
            })).ToArray();
            Array.ForEach(threads, t => t.Start());
            Thread.Sleep(random.Next(0, 12));
            model.Dispose();
            Array.ForEach(threads, t => t.Join());
            if ((round + 1) % Math.Max(1, rounds / 10) == 0)
            {
                memory.Add(ResidentMemory.Measure());
            }
        }

        Report(
            $"{rounds} disposals under load of {LoadThreads} threads: {served} runs served, {refused} told that the model is gone, {wrong.Count} other exceptions{(wrong.Count > 0 ? ", first: " + wrong[0] : "")}; {string.Join(' ', memory.Select(m => m.ToString("0", CultureInfo.InvariantCulture)))} MiB after each tenth",
            wrong.Count == 0 && refused == rounds * LoadThreads);
    }
}
