using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Benchmarks.Evaluation;

/// <summary>Area, interval and whole curves of ten million scores.</summary>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 1, iterationCount: 5)]
[MemoryDiagnoser]
public class EvaluationBenchmarks
{
    private GeneratedScores _cases = new(4, 2);

    /// <summary>Number of cases.</summary>
    [Params(100_000, 10_000_000)]
    public int Count { get; set; }

    /// <summary>Makes the cases.</summary>
    [GlobalSetup]
    public void Setup() => _cases = new GeneratedScores(Count, groupSize: 50);

    /// <summary>Area.</summary>
    [Benchmark]
    public double AreaUnderCurve() => Auc.Compute(_cases.Labels, _cases.Scores);

    /// <summary>Area with DeLong's interval.</summary>
    [Benchmark]
    public Interval DeLong() => Auc.DeLong(_cases.Labels, _cases.Scores);

    /// <summary>Test of two areas on the same cases.</summary>
    [Benchmark]
    public Comparison PairedDeLong() => Compare.DeLong(_cases.Labels, _cases.Scores, _cases.Second);

    /// <summary>Every point of the ROC curve.</summary>
    [Benchmark]
    public int WholeRocCurve() => RocCurve.Compute(_cases.Labels, _cases.Scores).Count;

    /// <summary>Every point of the precision-recall curve.</summary>
    [Benchmark]
    public int WholePrecisionRecallCurve() => PrecisionRecallCurve.Compute(_cases.Labels, _cases.Scores).Count;
}
