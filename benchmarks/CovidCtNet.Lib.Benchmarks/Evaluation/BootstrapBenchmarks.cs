using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Benchmarks.Evaluation;

/// <summary>2,000 replicates of 100,000 scores in 2,000 groups.</summary>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 1, iterationCount: 5)]
[MemoryDiagnoser]
public class BootstrapBenchmarks
{
    private readonly GeneratedScores _cases = new(100_000, groupSize: 50);

    /// <summary>Number of threads; -1 is all.</summary>
    [Params(1, -1)]
    public int Threads { get; set; }

    /// <summary>Area, drawn by group.</summary>
    [Benchmark]
    public Interval AreaByGroup() => Bootstrap.ByGroup(_cases.Labels, _cases.Scores, _cases.Groups, m => m.Auc, 2000, 1, Options());

    /// <summary>Area, drawn by case.</summary>
    [Benchmark]
    public Interval AreaByCase() => Bootstrap.ByCase(_cases.Labels, _cases.Scores, m => m.Auc, 2000, 1, Options());

    /// <summary>Sensitivity, drawn by group.</summary>
    [Benchmark]
    public Interval SensitivityByGroup() => Bootstrap.ByGroup(_cases.Labels, _cases.Scores, _cases.Groups, m => m.Sensitivity, 2000, 1, Options());

    private BootstrapOptions Options() => new() { Interval = BootstrapInterval.Percentile, MaxDegreeOfParallelism = Threads };
}
