using System.Diagnostics;
using System.Globalization;

namespace CovidCtNet.Robustness.Fuzzing;

/// <summary>Runs workers in processes of their own, ends those that hang, and keeps every case that found something.</summary>
internal sealed class FuzzCampaign(int seed, TimeSpan time, string folder)
{
    private const int CasesOfAWorker = 2000;

    // A target that is broken altogether would otherwise cost a process for each case.
    private const int MostFindings = 40;

    // A worker says which case it begins: longer without a word is a hang. The slowest limit of the readers is 30 s a slice.
    private static readonly TimeSpan LongestCase = TimeSpan.FromSeconds(60);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<(string Target, int Index, string What)> _findings = [];

    /// <returns>0 if nothing was found.</returns>
    public int Run(string? only, int files, CancellationToken cancellationToken)
    {
        var targets = only is null ? FuzzTargets.Names.ToList() : [only];
        var total = only is null ? FuzzTargets.TotalWeight : FuzzTargets.Find(only).Weight;
        var all = 0;
        foreach (var name in targets)
        {
            var wanted = (int)Math.Ceiling((double)files * FuzzTargets.Find(name).Weight / total);
            var (done, read, refused) = RunTarget(name, wanted, cancellationToken);
            all += done;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-10} {done,7} files, {read} read, {refused} refused by type, {_findings.Count(f => f.Target == name)} findings, {_clock.Elapsed.TotalSeconds:0} s"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{all} files, {_findings.Count} findings, seed {seed}."));
        Keep();
        return _findings.Count == 0 && all >= Math.Min(files, total) ? 0 : 1;
    }

    private (int Done, int Read, int Refused) RunTarget(string name, int wanted, CancellationToken cancellationToken)
    {
        var (next, read, refused) = (0, 0, 0);
        while (next < wanted && _findings.Count(f => f.Target == name) < MostFindings && _clock.Elapsed < time && !cancellationToken.IsCancellationRequested)
        {
            var count = Math.Min(CasesOfAWorker, wanted - next);
            var outcome = RunWorker(name, next, count, cancellationToken);
            read += outcome.Read;
            refused += outcome.Refused;
            if (outcome.Fault is { } fault)
            {
                _findings.Add((name, outcome.Last, fault));
                next = outcome.Last + 1;
            }
            else
            {
                next += count;
            }
        }

        return (next, read, refused);
    }

    private (int Last, int Read, int Refused, string? Fault) RunWorker(string name, int first, int count, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["worker", name, seed.ToString(CultureInfo.InvariantCulture), first.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        // 3 GiB of managed memory: what goes beyond is an OutOfMemoryException of the case that asked for it.
        start.Environment["DOTNET_GCHeapHardLimit"] = "0xC0000000";
        using var worker = Process.Start(start)!;
        var errors = worker.StandardError.ReadToEndAsync(cancellationToken);
        var (last, read, refused, finished) = (first, 0, 0, false);
        try
        {
            while (true)
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(LongestCase);
                if (worker.StandardOutput.ReadLineAsync(patience.Token).AsTask().GetAwaiter().GetResult() is not { } line)
                {
                    break;
                }

                var words = line.Split(' ', 3);
                switch (words[0])
                {
                    case "case":
                        last = int.Parse(words[1], CultureInfo.InvariantCulture);
                        break;
                    case "found":
                        _findings.Add((name, int.Parse(words[1], CultureInfo.InvariantCulture), words[2]));
                        Console.WriteLine($"  {name} {words[1]}: {words[2]}");
                        break;
                    case "done":
                        (read, refused, finished) = (int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture), true);
                        break;
                    default:
                        // Native libraries print what they like.
                        break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            worker.Kill(entireProcessTree: true);
            return cancellationToken.IsCancellationRequested ? (last, 0, 0, null) : (last, 0, 0, $"hangs for more than {LongestCase.TotalSeconds:0} s");
        }

        worker.WaitForExit();
        var stop = finished ? null : $"ended the process with exit code {worker.ExitCode}: {errors.GetAwaiter().GetResult().ReplaceLineEndings(" ").Trim()}";
        if (stop is not null)
        {
            Console.WriteLine($"  {name} {last}: {stop[..Math.Min(stop.Length, 600)]}");
        }

        return (last, read, refused, stop);
    }

    /// <summary>Writes the bytes of each finding, so that it can become a test.</summary>
    private void Keep()
    {
        if (_findings.Count == 0)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        foreach (var group in _findings.GroupBy(f => f.Target))
        {
            var target = FuzzTargets.Find(group.Key);
            var seeds = target.Seeds();
            foreach (var (name, index, what) in group.Take(100))
            {
                var stem = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{seed}-{index}"));
                File.WriteAllBytes(stem, FuzzWorker.CaseOf(target, seeds, seed, index));
                File.WriteAllText(stem + ".txt", what);
            }
        }
    }
}
