using System.Diagnostics;
using System.Globalization;
using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Benchmarks.Evaluation;

/// <summary>
/// The same work here and in scikit-learn, on the same numbers, in one run: where python3 with scikit-learn is absent only this side is
/// measured.
/// </summary>
internal static class ScikitLearnComparison
{
    private const int Replicates = 2000;
    private const int Repeats = 3;

    public static int Run()
    {
        string folder = Directory.CreateTempSubdirectory("covidctnet-benchmark").FullName;
        try
        {
            var bootstrap = new GeneratedScores(100_000, groupSize: 50);
            var large = new GeneratedScores(10_000_000, groupSize: 50);
            Save(bootstrap, Path.Combine(folder, "bootstrap"));
            Save(large, Path.Combine(folder, "large"));

            var options = new BootstrapOptions { Interval = BootstrapInterval.Percentile };
            Print("AUC, 10,000,000 scores", () => Auc.Compute(large.Labels, large.Scores));
            Print("AUC with DeLong interval, 10,000,000 scores", () => Auc.DeLong(large.Labels, large.Scores).Lower);
            Print("ROC curve, 10,000,000 scores", () => RocCurve.Compute(large.Labels, large.Scores).Count);
            Print("precision-recall curve, 10,000,000 scores", () => PrecisionRecallCurve.Compute(large.Labels, large.Scores).Count);
            Print(
                $"AUC by group, {Replicates} replicates of 100,000 scores, one thread",
                () => Bootstrap.ByGroup(bootstrap.Labels, bootstrap.Scores, bootstrap.Groups, m => m.Auc, Replicates, 1, options with { MaxDegreeOfParallelism = 1 }).Lower);
            Print(
                $"AUC by group, {Replicates} replicates of 100,000 scores, {Environment.ProcessorCount} threads",
                () => Bootstrap.ByGroup(bootstrap.Labels, bootstrap.Scores, bootstrap.Groups, m => m.Auc, Replicates, 1, options).Lower);
            return Python(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Python(string folder)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Evaluation", "evaluation_sklearn.py");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("PYTHON") ?? "python3") { ArgumentList = { script, folder, Replicates.ToString(CultureInfo.InvariantCulture) } };
        try
        {
            using Process process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            Console.WriteLine($"scikit-learn was not measured: {absent.Message}. Set PYTHON to an interpreter that has it.");
            return 0;
        }
    }

    private static void Print(string what, Func<double> work)
    {
        // The best of a few: others may be using the machine.
        double seconds = double.PositiveInfinity;
        double result = 0;
        for (int i = 0; i < Repeats; i++)
        {
            var watch = Stopwatch.StartNew();
            result = work();
            seconds = Math.Min(seconds, watch.Elapsed.TotalSeconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CovidCtNet    {what}: {seconds:0.000} s (result {result:R})"));
    }

    /// <summary>Raw little-endian arrays, which NumPy reads as they are.</summary>
    private static void Save(GeneratedScores cases, string path)
    {
        File.WriteAllBytes(path + ".labels", System.Runtime.InteropServices.MemoryMarshal.AsBytes<bool>(cases.Labels));
        File.WriteAllBytes(path + ".scores", System.Runtime.InteropServices.MemoryMarshal.AsBytes<double>(cases.Scores));
        File.WriteAllBytes(path + ".groups", System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(cases.Groups));
    }
}
