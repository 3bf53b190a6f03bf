using BenchmarkDotNet.Running;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>The throughput suite, and its results below docs/benchmarks.</summary>
internal static class Suite
{
    private static readonly Type[] Quick = [typeof(DecodeBenchmarks), typeof(PredictBenchmarks), typeof(MapBenchmarks)];
    private static readonly Type[] Further = [typeof(NetworkSizeBenchmarks), typeof(OcclusionBenchmarks), typeof(MlNetBenchmarks), typeof(TrainingBenchmarks), typeof(Evaluation.EvaluationBenchmarks)];

    /// <param name="quick">The short subset only.</param>
    public static int Run(bool quick)
    {
        var missing = ((string[])["CUDAExecutionProvider", "TensorrtExecutionProvider"]).Except(OrtEnv.Instance().GetAvailableProviders()).ToList();
        foreach (var type in quick ? Quick : [.. Quick, .. Further])
        {
            var summary = BenchmarkRunner.Run(type, SuiteConfig.Create(quick));
            Keep(summary.ResultsDirectoryPath, type, missing);
        }

        return quick ? 0 : TrainingProfile.Run(10);
    }

    /// <summary>Copies the tables to names that tell machine and benchmark; a column tells the precision.</summary>
    private static void Keep(string results, Type type, List<string> missing)
    {
        var name = type.Name.Replace("Benchmarks", "", StringComparison.Ordinal).ToLowerInvariant();
        foreach (var (suffix, extension) in new[] { ("-report-github.md", "md"), ("-report.csv", "csv") })
        {
            var source = Path.Combine(results, type.FullName + suffix);
            if (!File.Exists(source))
            {
                continue;
            }

            var target = MachineName.ResultPath($"{name}-cpu", extension);
            File.Copy(source, target, overwrite: true);
            if (extension == "md" && missing.Count > 0)
            {
                File.AppendAllText(target, $"{Environment.NewLine}{MachineName.Describe()}. Not run, because this build of ONNX Runtime has no such provider: {string.Join(", ", missing)}.{Environment.NewLine}");
            }
        }
    }
}
